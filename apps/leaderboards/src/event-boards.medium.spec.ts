import { attemptScored, type ScoreAggregation } from '@kraty/contracts/events';
import {
  boardFinalized,
  joinEventBoard,
  ladderMoved,
  readEventBoard,
  readFinalStandings,
  streamSubject,
  type StreamFrame,
} from '@kraty/contracts/leaderboards';
import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { BoardsWorld, entriesOf } from './boards-world.fixture.js';

let world: BoardsWorld;

beforeAll(async () => {
  world = await BoardsWorld.start('2026-06-15T12:00:00.000Z');
});

afterAll(() => world.stop());

const read = (leaderboardId: string, selfPlayerId: string | null = null) =>
  world.messenger.request(readEventBoard, {
    scope: world.scope,
    leaderboardId,
    limit: 50,
    selfPlayerId,
    progression: [],
    knownView: null,
  });
const rows = async (leaderboardId: string) =>
  entriesOf(await read(leaderboardId)).map(({ name, score }) => [name, score]);
const join = (leaderboardId: string, playerId: string) =>
  world.messenger.request(joinEventBoard, {
    scope: world.scope,
    player: { playerId, externalPlayerId: playerId },
    leaderboardId,
    limit: 50,
  });
const final = (leaderboardId: string, afterRank = 0, limit = 5_000) =>
  world.messenger.request(readFinalStandings, { scope: world.scope, leaderboardId, afterRank, limit });

/** Attempts A and B of 06 §5.1, as they would be told; the last write of A comes again at the end. */
function tell(board: string, player: string): void {
  const [a, b] = [uuidV7(), uuidV7()] as const;
  const startMs = world.clock.nowMs();
  const write = (attemptId: string, revision: number, score: number, bestScore: number, at: number) =>
    world.score(board, player, { attemptId, revision, score, bestScore, atMs: startMs + at });
  write(b, 2, 30, 30, 5);
  write(a, 1, 10, 10, 1);
  write(a, 3, 5, 25, 3);
  write(a, 2, 25, 25, 2);
  write(b, 1, 8, 8, 4);
  write(a, 3, 5, 25, 3);
}

describe('the board of an event', () => {
  it.each<[ScoreAggregation, number]>([
    ['best', 30],
    ['latest', 30],
    ['sum', 35],
  ])('shows the %s of the attempts, whatever the order of what is told', async (scoreAggregation, expected) => {
    const [board, mira] = [world.openBoard({ scoreAggregation }), world.player('mira')] as const;
    tell(board, mira);
    const players = `select from board_entry where leaderboard_id = $1 and kind = 'player'`;
    await eventually(async () => expect(await world.ground.sql('leaderboards', players, [board])).toHaveLength(1));
    // Some sights on the way are like the last one.
    await world.settled(attemptScored);
    await eventually(async () => expect(await rows(board)).toEqual([['mira', expected]]));
  });

  it('takes no scores and reads empty when it is hidden', async () => {
    const [board, shown, nico] = [world.openBoard({ mode: 'none' }), world.openBoard(), world.player('nico')] as const;
    tell(board, nico);
    tell(shown, nico);
    await eventually(async () => expect(await rows(shown)).toEqual([['nico', 30]]));
    expect(await read(board, nico)).toMatchObject({ entries: [], self: null, board: { mode: 'none' } });
    expect(
      await world.ground.sql('leaderboards', 'select from board_entry where leaderboard_id = $1', [board]),
    ).toEqual([]);
  });

  it('shows the limits of its ladder, those of its segment first', async () => {
    const ladder = { itemKey: 'tier', promote: { places: 3 }, perDivision: { gold: { promote: { places: 1 } } } };
    const board = world.openBoard({ mode: 'segmented', segment: 'gold', ladder });
    await eventually(async () =>
      expect(await read(board)).toMatchObject({
        progression: { promotion: { places: 1, itemKey: 'tier' }, relegation: null },
      }),
    );
  });
});

describe('joining the board of an event', () => {
  it('stands at 0 until the first write, even a negative one, and may be repeated', async () => {
    const [board, olga] = [world.openBoard(), world.player('olga')] as const;
    expect(await join(board, olga)).toMatchObject({ joined: true, self: { rank: 1, score: 0 }, selfIndex: 0 });
    expect(await join(board, olga)).toMatchObject({ joined: true, self: { rank: 1, score: 0 } });
    world.score(board, olga, { attemptId: uuidV7(), revision: 1, score: -5 });
    await eventually(async () => expect(await rows(board)).toEqual([['olga', -5]]));
    expect(await join(board, olga)).toMatchObject({ self: { score: -5 } });
  });

  it('is refused on a group that is not the own one, and once the window has closed', async () => {
    const pia = world.player('pia');
    const group = world.openBoard({ mode: 'grouped', capacity: 2 });
    await expect(join(group, pia)).rejects.toMatchObject({ code: 'conflict', details: { reason: 'not_placed' } });
    world.score(group, pia, { attemptId: uuidV7(), revision: 1, score: 3 });
    await eventually(async () => expect(await join(group, pia)).toMatchObject({ self: { score: 3 } }));
    const closed = world.openBoard({ closesAt: world.clock.now().toISOString() });
    await expect(join(closed, pia)).rejects.toMatchObject({ code: 'conflict', details: { reason: 'board_closed' } });
    await expect(join(uuidV7(), pia)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('the board of a lobby', () => {
  it('takes those who have a seat, and ends with its session while the window goes on', async () => {
    const board = world.openBoard({ mode: 'lobby_matched', capacity: 2 });
    const [rhea, sol, tess] = ['rhea', 'sol', 'tess'].map((name) => world.player(name)) as [string, string, string];
    world.score(board, rhea, { attemptId: uuidV7(), revision: 1, score: 4 });
    world.score(board, sol, { attemptId: uuidV7(), revision: 1, score: 6 });
    await eventually(async () =>
      expect(await rows(board)).toEqual([
        ['sol', 6],
        ['rhea', 4],
      ]),
    );
    await expect(join(board, tess)).rejects.toMatchObject({ code: 'conflict', details: { reason: 'not_placed' } });
    const atMs = world.clock.nowMs();
    const standings = [
      { playerId: rhea, score: 4, achievedAtMs: atMs },
      { playerId: sol, score: 6, achievedAtMs: atMs },
    ];
    world.closeBoard(board, standings, 'session_terminated');
    await eventually(async () =>
      expect((await read(board)).board).toMatchObject({
        mode: 'lobby_matched',
        finalized: true,
        finalizedReason: 'session_terminated',
      }),
    );
    expect((await final(board)).standings.map(({ rank, participantId }) => [rank, participantId])).toEqual([
      [1, sol],
      [2, rhea],
    ]);
  });
});

describe('freezing the board of an event', () => {
  it('holds what the attempts tell, moves the ladder, pages final ranks and tells streams', async () => {
    const ladder = { itemKey: 'tier', promote: { places: 1 }, relegate: { places: 1 } };
    const board = world.openBoard({ ladder, ladderCeiling: 4, scoreAggregation: 'latest' });
    const [ada, bob, cyd] = ['ada', 'bob', 'cyd'].map((name) => world.player(name)) as [string, string, string];
    world.score(board, ada, { attemptId: uuidV7(), revision: 1, score: 90 });
    await eventually(async () => expect(await rows(board)).toEqual([['ada', 90]]));
    await expect(final(board)).rejects.toMatchObject({ code: 'conflict', details: { reason: 'not_finalized' } });
    const frames: StreamFrame[] = [];
    world.messenger.listen<StreamFrame[]>(streamSubject(board), (told) => void frames.push(...told));
    const moves: unknown[] = [];
    world.messenger.onFact(ladderMoved, ({ payload }) =>
      moves.push([payload.playerId, payload.amount, payload.operationId]),
    );
    const told: string[] = [];
    // Another board's may be told a second time: its publication was not confirmed at once.
    world.messenger.onFact(
      boardFinalized,
      ({ payload }) => payload.leaderboardId === board && told.push(payload.finalizedAt),
    );
    const atMs = world.clock.nowMs();
    // Two writes never reached this service; one row is lower than what it has heard.
    const standings = [
      { playerId: ada, score: 70, achievedAtMs: atMs },
      { playerId: bob, score: 80, achievedAtMs: atMs },
      { playerId: cyd, score: null, achievedAtMs: atMs },
    ];
    world.closeBoard(board, standings);
    world.closeBoard(board, standings);
    await eventually(async () => expect((await read(board)).board.finalized).toBe(true));
    const page = await final(board);
    expect(page).toEqual({
      finalizedAt: world.clock.now().toISOString(),
      standings: [
        { rank: 1, participantId: bob, kind: 'player', externalPlayerId: 'bob', score: 80, joinedOnly: false },
        { rank: 2, participantId: ada, kind: 'player', externalPlayerId: 'ada', score: 70, joinedOnly: false },
        { rank: 3, participantId: cyd, kind: 'player', externalPlayerId: 'cyd', score: 0, joinedOnly: true },
      ],
    });
    expect((await final(board, 1, 1)).standings.map(({ rank }) => rank)).toEqual([2]);
    const other = { ...world.scope, environment: 'test' as const };
    const foreign = { scope: other, leaderboardId: board, afterRank: 0, limit: 1 };
    await expect(world.messenger.request(readFinalStandings, foreign)).rejects.toMatchObject({ code: 'not_found' });
    await eventually(() => expect(frames.map(({ event }) => event)).toContain('finalized'));
    await eventually(() =>
      expect(moves).toEqual([
        [bob, 1, `ladder:${board}:-:-:${bob}`],
        [cyd, -1, `ladder:${board}:-:-:${cyd}`],
      ]),
    );
    expect(told).toEqual([page.finalizedAt]);
  });
});
