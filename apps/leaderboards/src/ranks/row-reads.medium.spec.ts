import { uuidV7 } from '@kraty/platform/ids';
import { ScoresStore } from '../scores/scores.store.js';
import { RanksWorld, standing } from './ranks.fixture.js';
import { RowReads } from './row-reads.service.js';

/** Scores of a list: every second player stands equal with the one before, a moment later. */
const players = 40;

let world: RanksWorld;

beforeAll(async () => {
  world = await RanksWorld.start();
});

afterAll(() => world.stop());

/** Players of a new list in the order in which they must stand. */
async function filled(scores: ScoresStore): Promise<{ board: string; inOrder: string[] }> {
  const board = await world.newBoard();
  const standings = Array.from({ length: players }, (_, at) => {
    const points = Math.floor(at / 2);
    return { ...standing(board, uuidV7(), points), achievedAtMs: 1_000_000 + (at % 2) };
  });
  await scores.apply(standings);
  const inOrder = standings
    .toSorted((one, other) => other.score - one.score || one.achievedAtMs - other.achievedAtMs)
    .map(({ participantId }) => participantId);
  return { board, inOrder };
}

describe('reads of rows', () => {
  it('rank a few and many alike, by score and then by time', async () => {
    const scores = new ScoresStore(world.database);
    const { board, inOrder } = await filled(scores);
    const all = await scores.ranks(board, inOrder);
    expect(inOrder.map((id) => all.get(id)?.rank)).toEqual(inOrder.map((_, above) => above + 1));
    for (const id of inOrder) expect(await scores.ranks(board, [id])).toEqual(new Map([[id, all.get(id)]]));
  });

  it('share one look, each with its own rows, and never one that began before they asked', async () => {
    const looks: string[] = [];
    class Counted extends ScoresStore {
      override top(...asked: Parameters<ScoresStore['top']>) {
        looks.push('top');
        return super.top(...asked);
      }
      override ranks(...asked: Parameters<ScoresStore['ranks']>) {
        looks.push('ranks');
        return super.ranks(...asked);
      }
    }
    const scores = new Counted(world.database);
    const { board, inOrder } = await filled(scores);
    const sut = new RowReads(scores);
    const reads = inOrder.map((id, above) => sut.read(board, id, above % 5));
    const answers = await Promise.all([...reads, sut.read(board, null, 0), sut.read(board, uuidV7(), 3)]);
    expect(looks).toEqual(['top', 'ranks']);
    for (const [above, { rows, self }] of answers.slice(0, players).entries()) {
      expect(rows.map(({ participantId }) => participantId)).toEqual(inOrder.slice(0, above % 5));
      expect(self?.rank).toBe(above + 1);
    }
    expect(answers.slice(players)).toMatchObject([
      { rows: [], self: null },
      { rows: [{}, {}, {}], self: null },
    ]);

    const first = sut.read(board, inOrder[39]!, 1);
    await new Promise((resolve) => setImmediate(resolve));
    await scores.apply([{ ...standing(board, inOrder[39]!, 1_000) }]);
    const second = await sut.read(board, inOrder[39]!, 1);
    expect(second).toMatchObject({ self: { rank: 1, score: 1_000 }, rows: [{ score: 1_000 }] });
    await first;
  });

  it('fail for whoever asked for the list that fails, and for nobody else', async () => {
    class Broken extends ScoresStore {
      override async top(...asked: Parameters<ScoresStore['top']>) {
        if (asked[0] === broken) throw new Error('unreadable');
        return super.top(...asked);
      }
    }
    const scores = new Broken(world.database);
    const broken = await world.newBoard();
    const { board, inOrder } = await filled(scores);
    const sut = new RowReads(scores);
    const settled = await Promise.allSettled([
      sut.read(broken, null, 1),
      sut.read(board, inOrder[0]!, 1),
      sut.read(broken, null, 2),
    ]);
    expect(settled).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled' }, { status: 'rejected' }]);
  });
});
