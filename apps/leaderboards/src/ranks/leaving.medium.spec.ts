import { attemptScored } from '@kraty/contracts/events';
import { readEventBoard, type BotConfiguration } from '@kraty/contracts/leaderboards';
import { uuidV7 } from '@kraty/platform/ids';
import { statement } from '@kraty/platform/persistence';
import { eventually } from '@kraty/testing/harness';
import { BoardsWorld, entriesOf } from '../boards-world.fixture.js';
import { ScoresStore } from '../scores/scores.store.js';
import { driftsOf, indexedScoresOf, RanksWorld, score, scoresOf, standing, type Process } from './ranks.fixture.js';
import { Ranks } from './ranks.service.js';
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

/** Something happens as soon as the rows have been counted. */
class LateToldScores extends ScoresStore {
  counted: () => Promise<unknown> = () => Promise.resolve();

  constructor() {
    super(world.database);
  }

  override async count(leaderboardId: string): Promise<number> {
    const count = await super.count(leaderboardId);
    await this.counted();
    return count;
  }
}

async function newMatch() {
  return [await world.newBoard(), uuidV7(), uuidV7()] as const;
}

describe('the rank index, when somebody leaves the board,', () => {
  it('goes on as it is, and no late write of the one who left brings it back', async () => {
    const [process, other] = [await world.newProcess(), await world.newProcess()] as const;
    const [board, staying, leaving] = await newMatch();
    await score(process, board, staying, 5);
    expect(await indexedScoresOf(process, board)).toEqual([5]);
    await score(process, board, leaving, 7);
    const { version } = (await process.index.read(board, null, 0))!;
    const late = await other.scores.apply([standing(board, leaving, 9)]);
    await leave(process, board, leaving);
    // Not for a moment without an index, and readers see that it is another list.
    const after = await process.index.read(board, leaving, 10);
    expect(after).toMatchObject({ version: String(Number(version) + 1), self: null, rows: [{ score: 5 }] });
    await other.ranks.watch(board);
    expect(await other.ranks.apply(board, late, [leaving, staying])).toEqual([null, { rank: 1, score: 5 }]);
    expect(await indexedScoresOf(process, board)).toEqual([5]);
    await process.comparison.compare(board);
    expect(await driftsOf(process)).toBe(0);
  });

  it('has not drifted where the row has gone and the index is about to be told', async () => {
    const [process, other] = [await world.newProcess(new LateToldScores()), await world.newProcess()] as const;
    const [board, staying, leaving] = await newMatch();
    await score(other, board, staying, 5);
    await score(other, board, leaving, 7);
    expect(await indexedScoresOf(other, board)).toEqual([7, 5]);
    const gone = await world.database.query<GoneRow>(removeRow, [board, leaving]);
    Object.assign(process.scores, { counted: () => other.ranks.apply(board, [], [], gone) });
    await process.comparison.compare(board);
    expect(await driftsOf(process)).toBe(0);
    expect(await other.index.read(board, leaving, 10)).toMatchObject({ self: null, rows: [{ score: 5 }] });
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
    expect(await indexedScoresOf(other, board)).toEqual([7, 5]);
    cutOff.redis.disconnect();
    await leave(cutOff, board, leaving);
    await other.repair.round();
    expect(await scoresOf(other, board)).toEqual([5]);
  });
});

describe('the rank index of a board whose bots quit', () => {
  const start = '2026-06-22T00:00:00.000Z';
  const quitter: BotConfiguration = {
    key: 'quitter',
    name: 'Quitter',
    behavior: {
      type: 'sequence',
      steps: [{ block: 'wait', params: { durationSeconds: 60 } }, { block: 'quit' }],
    },
  };
  let boards: BoardsWorld;

  beforeAll(async () => {
    boards = await BoardsWorld.start(start);
    expect(await boards.configureSections({ bots: [quitter] })).toEqual([]);
  });

  afterAll(() => boards.stop());

  beforeEach(() => boards.clock.set(new Date(start)));

  const setSecond = (second: number) => boards.clock.set(new Date(Date.parse(start) + second * 1_000));
  const index = () => boards.host.service('leaderboards').app.get(Ranks);

  async function read(leaderboardId: string) {
    const question = { limit: 50, selfPlayerId: null, progression: [], knownView: null };
    return boards.messenger.request(readEventBoard, { ...question, scope: boards.scope, leaderboardId });
  }

  /** Two bots that quit after a minute, and a player. */
  async function newBoard(): Promise<string> {
    const board = boards.openBoard({
      botBindings: [{ botKey: 'quitter', count: 2 }],
      closesAt: new Date(Date.parse(start) + 86_400_000).toISOString(),
    });
    boards.score(board, boards.player('mira'), { attemptId: uuidV7(), revision: 1, score: 5 });
    await shows(board, 3);
    // Bots may still be about to answer the score.
    await boards.settled(attemptScored);
    return board;
  }

  const shows = (board: string, count: number) =>
    eventually(async () => expect(entriesOf(await read(board))).toHaveLength(count));

  it('is not made anew for it', async () => {
    const board = await newBoard();
    let remade = 0;
    Object.assign(index(), { remake: () => Promise.resolve((remade += 1)) });
    setSecond(120);
    await shows(board, 1);
    await eventually(async () => {
      // Whoever reads has it built, where no reader has waited for it yet.
      await read(board);
      expect(await index().size(board)).toBe(1);
    });
    Reflect.deleteProperty(index(), 'remake');
    expect(remade).toBe(0);
  });

  it('holds them again, if there still is one, where the board had ended before they quit', async () => {
    const board = await newBoard();
    setSecond(120);
    await shows(board, 1);
    setSecond(50);
    boards.closeBoard(board, []);
    await eventually(async () => expect((await read(board)).board.finalized).toBe(true));
    expect(entriesOf(await read(board))).toHaveLength(3);
    await eventually(async () => expect([null, 3]).toContain(await index().size(board)));
  });
});
