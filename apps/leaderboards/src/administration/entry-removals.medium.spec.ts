import { operatorActed, type Operator } from '@kraty/contracts/identity';
import { inspectRankedList, readFinalStandings, readEventBoard, removeEntry } from '@kraty/contracts/leaderboards';
import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { BoardsWorld, entriesOf } from '../boards-world.fixture.js';

const now = '2026-06-17T12:00:00.000Z';
const operator: Operator = {
  ...{ memberId: uuidV7(), email: 'ada@example.com', sessionId: uuidV7(), tokenId: null },
  ...{ requestId: uuidV7(), ip: '127.0.0.1', userAgent: 'spec' },
} as unknown as Operator;

let world: BoardsWorld;

beforeAll(async () => {
  world = await BoardsWorld.start(now);
  await world.configure([
    { key: 'best_cup', name: 'Cup', resetCadence: 'weekly' },
    { key: 'sum_cup', name: 'Sums', resetCadence: 'weekly', scoreAggregation: 'sum' },
  ]);
});

afterAll(() => world.stop());

const named = (leaderboardId: string) => ({ scope: world.scope, leaderboardId, period: null, segment: null });
const remove = (leaderboardId: string, participantId: string) =>
  world.messenger.request(removeEntry, { ...named(leaderboardId), participantId, reason: 'cheated', operator });

async function board(leaderboardId: string): Promise<[string | null, number][]> {
  const question = { scope: world.scope, leaderboardId, limit: 50, selfPlayerId: null, progression: [] };
  const view = await world.messenger.request(readEventBoard, { ...question, knownView: null });
  return entriesOf(view).map(({ name, score }) => [name, score]);
}

async function openScored(...players: [string, number][]): Promise<{ id: string; ids: string[]; attempts: string[] }> {
  const id = world.openBoard();
  const ids = players.map(([name]) => world.player(name));
  const attempts = players.map(() => uuidV7());
  players.forEach(([, score], at) => world.score(id, ids[at]!, { attemptId: attempts[at]!, revision: 1, score }));
  await eventually(async () => expect(await board(id)).toHaveLength(players.length));
  return { id, ids, attempts };
}

describe('a participant taken off a live board', () => {
  it('is gone from the board at once, for good, and on record with the score', async () => {
    const { id, ids, attempts } = await openScored(['mira', 90], ['nico', 70]);
    const acts: unknown[] = [];
    world.messenger.onFact(operatorActed.leaderboards, ({ payload }) => acts.push(payload));
    const first = await remove(id, ids[0]!);
    expect(first).toMatchObject({ participantId: ids[0], score: 90, applied: true });
    await eventually(async () => expect(await board(id)).toEqual([['nico', 70]]));
    await eventually(() =>
      expect(acts).toMatchObject([
        {
          ...{ auditId: first.auditId, action: 'leaderboard.entry_remove', before: { score: 90 } },
          ...{ reason: 'cheated', metadata: { reason: 'cheated' } },
        },
      ]),
    );
    expect(await remove(id, ids[0]!)).toEqual({ participantId: ids[0], score: 90, applied: false, auditId: null });

    world.score(id, ids[0]!, { attemptId: attempts[0]!, revision: 2, score: 200 });
    world.score(id, ids[1]!, { attemptId: attempts[1]!, revision: 2, score: 71 });
    await eventually(async () => expect(await board(id)).toEqual([['nico', 71]]));
  });

  it('is so for many at once', async () => {
    const names = Array.from({ length: 20 }, (_, at) => `player${at}`);
    const { id, ids } = await openScored(...names.map((name, at): [string, number] => [name, at]));
    const removed = await Promise.all(ids.slice(1).map((playerId) => remove(id, playerId)));
    expect(removed.every(({ applied }) => applied)).toBe(true);
    await eventually(async () => expect(await board(id)).toEqual([['player0', 0]]));
  });

  it('does not come back when the board is frozen from what the attempts say', async () => {
    const { id, ids } = await openScored(['mira', 90], ['nico', 70]);
    await remove(id, ids[0]!);
    const achievedAtMs = Date.parse(now);
    world.closeBoard(
      id,
      [ids[0]!, ids[1]!].toSorted().map((playerId) => ({ playerId, score: 300, achievedAtMs })),
    );
    const final = () =>
      world.messenger.request(readFinalStandings, { scope: world.scope, leaderboardId: id, afterRank: 0, limit: 10 });
    await eventually(async () =>
      expect((await final()).standings.map(({ participantId, rank }) => [participantId, rank])).toEqual([[ids[1], 1]]),
    );
    await expect(remove(id, ids[1]!)).rejects.toMatchObject({ code: 'conflict', details: { reason: 'finalized' } });
  });

  it('stays away however many writes pour in while it is removed', async () => {
    const { id, ids, attempts } = await openScored(['mira', 1], ['nico', 1]);
    const write = (revision: number) =>
      ids.forEach((playerId, at) => world.score(id, playerId, { attemptId: attempts[at]!, revision, score: revision }));
    for (let revision = 2; revision < 40; revision += 1) write(revision);
    const removal = remove(id, ids[0]!);
    for (let revision = 40; revision <= 80; revision += 1) write(revision);
    await removal;
    await eventually(async () => expect(await board(id)).toEqual([['nico', 80]]));
  });

  it('counts no more on boards of the game, whatever they count by', async () => {
    for (const key of ['best_cup', 'sum_cup']) {
      const mira = world.player('mira');
      const { leaderboardId } = await world.submit(key, mira, 10);
      await remove(leaderboardId, mira);
      await eventually(async () => expect(await world.rows(key)).toEqual([]));
      expect(await world.submit(key, mira, 20)).toMatchObject({ rank: null });
      await world.join(key, mira);
      expect(await world.rows(key)).toEqual([]);
    }
  });

  it('must be there, on a board of the game', async () => {
    const { id, ids } = await openScored(['mira', 5]);
    for (const participantId of [uuidV7(), 'nobody']) {
      await expect(remove(id, participantId)).rejects.toMatchObject({ code: 'not_found' });
    }
    const elsewhere = { ...named(id), scope: { ...world.scope, environment: 'test' as const } };
    const command = { ...elsewhere, participantId: ids[0]!, reason: 'x', operator };
    await expect(world.messenger.request(removeEntry, command)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a list as operators see it', () => {
  it('shows the rows around a player with what players are not told', async () => {
    const { id, ids } = await openScored(['a', 50], ['b', 40], ['c', 30], ['d', 20], ['e', 10]);
    const around = (aroundPlayerId: string | null, limit: number) =>
      world.messenger.request(inspectRankedList, { ...named(id), limit, aroundPlayerId });
    const seen = await around(ids[3]!, 3);
    expect(seen).toMatchObject({ leaderboardId: id, finalized: false, participants: 5, period: null, segment: null });
    expect(seen.entries.map(({ externalPlayerId, rank, botKey }) => [externalPlayerId, rank, botKey])).toEqual([
      ['c', 3, null],
      ['d', 4, null],
      ['e', 5, null],
    ]);
    expect((await around(null, 2)).entries.map(({ rank }) => rank)).toEqual([1, 2]);
    await expect(around(uuidV7(), 3)).rejects.toMatchObject({ code: 'not_found' });
  });
});
