import { uuidV7 } from '@kraty/platform/ids';
import { statement } from '@kraty/platform/persistence';
import { driftsOf, RanksWorld, score, scoresOf, standing, type Process } from './ranks.fixture.js';
import type { GoneRow } from './ranks.store.js';

const removeRow = statement(
  'spec-remove-row',
  `delete from board_entry where leaderboard_id = $1 and participant_id = $2
   returning participant_id as "participantId", revision + 1 as revision`,
);

let world: RanksWorld;

beforeAll(async () => {
  world = await RanksWorld.start();
});

afterAll(() => world.stop());

/** The row goes, and the index is told, as when a bot quits. */
async function leave({ ranks }: Process, board: string, participantId: string): Promise<void> {
  const gone = await world.database.query<GoneRow>(removeRow, [board, participantId]);
  await ranks.apply(board, [], [], gone);
}

async function newMatch() {
  return [await world.newBoard(), uuidV7(), uuidV7()] as const;
}

describe('the rank index, when somebody leaves the board,', () => {
  it('goes on as it is, and no late write of the one who left brings it back', async () => {
    const [process, other] = [await world.newProcess(), await world.newProcess()] as const;
    const [board, staying, leaving] = await newMatch();
    await score(process, board, staying, 5);
    expect(await scoresOf(process, board)).toEqual([5]);
    await score(process, board, leaving, 7);
    const { version } = (await process.index.read(board, null, 0))!;
    const late = await other.scores.apply([standing(board, leaving, 9)]);
    await leave(process, board, leaving);
    // Not for a moment without an index, and readers see that it is another list.
    const after = await process.index.read(board, leaving, 10);
    expect(after).toMatchObject({ version: String(Number(version) + 1), self: null, rows: [{ score: 5 }] });
    await other.ranks.watch(board);
    expect(await other.ranks.apply(board, late, [leaving, staying])).toEqual([null, { rank: 1, score: 5 }]);
    expect(await scoresOf(process, board)).toEqual([5]);
    await process.comparison.compare(board);
    expect(await driftsOf(process)).toBe(0);
  });

  it('lacks it also when it was being built, and the build had read its row', async () => {
    const process = await world.newProcess();
    const [board, staying, leaving] = await newMatch();
    await process.scores.apply([standing(board, staying, 5), standing(board, leaving, 7)]);
    const { build } = (await process.index.begin(board)) as { build: string };
    expect(await process.index.gather(board, build, await process.scores.top(board, 10))).toBe(true);
    await leave(process, board, leaving);
    expect(await process.index.adopt(board, build)).toBe(true);
    expect(await process.index.read(board, leaving, 10)).toMatchObject({ self: null, rows: [{ score: 5 }] });
  });

  it('is made anew when Redis could not be told', async () => {
    const [cutOff, other] = [await world.newProcess(), await world.newProcess()] as const;
    const [board, staying, leaving] = await newMatch();
    await score(other, board, staying, 5);
    await score(other, board, leaving, 7);
    expect(await scoresOf(other, board)).toEqual([7, 5]);
    cutOff.redis.disconnect();
    await leave(cutOff, board, leaving);
    await other.repair.round();
    expect(await scoresOf(other, board)).toEqual([5]);
  });
});
