import { attemptScored } from '@kraty/contracts/events';
import { operatorActed, type Operator } from '@kraty/contracts/identity';
import {
  listRankedLists,
  readEventBoard,
  readScoreDistribution,
  rebuildRankedList,
  type ListRankedLists,
} from '@kraty/contracts/leaderboards';
import { FactBacklog } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { BoardsWorld, entriesOf } from '../boards-world.fixture.js';

const now = '2026-06-17T12:00:00.000Z';
const operator: Operator = {
  ...{ memberId: uuidV7(), email: 'ada@example.com', sessionId: uuidV7(), tokenId: null },
  ...{ requestId: uuidV7(), ip: '127.0.0.1', userAgent: 'spec' },
} as unknown as Operator;

let world: BoardsWorld;
let board: string;

beforeAll(async () => {
  world = await BoardsWorld.start(now);
  await world.configure([{ key: 'weekly_cup', name: 'Cup', resetCadence: 'weekly' }]);
  board = world.openBoard({ eventKey: 'crab_race' });
  for (let score = 0; score <= 100; score += 10) {
    world.score(board, world.player(`p${score}`), { attemptId: uuidV7(), revision: 1, score });
  }
  await world.submit('weekly_cup', world.player('mira'), 7);
  await eventually(async () =>
    expect((await list({})).map(({ participants }) => participants).toSorted()).toEqual([1, 11]),
  );
  // Rows may have been counted that the index is told of a moment later.
  const backlog = world.host.service('leaderboards').app.get(FactBacklog);
  await eventually(async () => expect(await backlog.oldestMs([attemptScored])).toBe(Infinity));
});

afterAll(() => world.stop());

async function list(more: Partial<ListRankedLists>) {
  const asked = { scope: world.scope, kind: null, q: null, limit: 50, cursor: null, ...more };
  return (await world.messenger.request(listRankedLists, asked)).boards;
}
const named = (leaderboardId: string) => ({ scope: world.scope, leaderboardId, period: null, segment: null });

describe('the ranked lists of a game', () => {
  it('are shown with what they belong to, page by page', async () => {
    expect(await list({ kind: 'event_leaderboard' })).toEqual([
      expect.objectContaining({
        leaderboardId: board,
        eventKey: 'crab_race',
        participants: 11,
        topScore: 100,
        key: null,
      }),
    ]);
    expect(await list({ q: 'CUP' })).toMatchObject([
      { kind: 'leaderboard', key: 'weekly_cup', period: '2026-06-15T00:00:00.000Z', segment: null, topScore: 7 },
    ]);
    const first = await world.messenger.request(listRankedLists, {
      ...{ scope: world.scope, kind: null, q: null, limit: 1, cursor: null },
    });
    const second = await list({ limit: 1, cursor: first.nextCursor });
    expect([...first.boards, ...second]).toHaveLength(2);
    expect(second).not.toEqual(first.boards);
    await expect(list({ cursor: 'nonsense' })).rejects.toMatchObject({ code: 'validation_failed' });
    expect(await list({ scope: { ...world.scope, environment: 'test' } })).toEqual([]);
  });

  it('tell how their scores are spread', async () => {
    const asked = { ...named(board), buckets: 5 };
    const { buckets } = await world.messenger.request(readScoreDistribution, asked);
    expect(buckets.map(({ from, to, players }) => [from, to, players])).toEqual([
      [0, 20, 2],
      [20, 40, 2],
      [40, 60, 2],
      [60, 80, 2],
      [80, 100, 3],
    ]);
    const [cup] = await list({ kind: 'leaderboard' });
    const only = { ...named(cup!.leaderboardId), buckets: 5 };
    expect(await world.messenger.request(readScoreDistribution, only)).toEqual({
      buckets: [{ from: 7, to: 7, players: 1, bots: 0 }],
    });
    const unknown = { ...named(uuidV7()), buckets: 5 };
    await expect(world.messenger.request(readScoreDistribution, unknown)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('have their index made anew for an operator, who is put on record', async () => {
    const acts: string[] = [];
    world.messenger.onFact(operatorActed.leaderboards, ({ payload }) =>
      acts.push(`${payload.action} ${payload.target.id}`),
    );
    const { auditId } = await world.messenger.request(rebuildRankedList, { ...named(board), operator });
    expect(auditId).toMatch(/^[0-9a-f-]{36}$/);
    await eventually(() => expect(acts).toEqual([`leaderboard.rebuild ${board}`]));
    const question = { scope: world.scope, leaderboardId: board, limit: 1, selfPlayerId: null, progression: [] };
    const view = await world.messenger.request(readEventBoard, { ...question, knownView: null });
    expect(entriesOf(view)).toMatchObject([{ score: 100, rank: 1 }]);
  });
});
