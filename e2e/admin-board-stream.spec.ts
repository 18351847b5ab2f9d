import type { RankedList } from '@kraty/contracts/leaderboards';
import { eventually, startHost, type Host } from '@kraty/testing/harness';
import { World, type Player } from '@kraty/testing/world';
import type { BoardStream, Frame } from './board-stream.fixture.js';
import { dataOf, Operator, verdictOf } from './operator.fixture.js';

/** The portal's live board (04 §13.2), from what players, bots and operators really do. */
const nowhere = '0198f0b2-0000-7000-8000-000000000000';
const stepper = {
  ...{ type: 'single', block: 'random_step_with_fall' },
  params: { advanceChance: 1, targetScore: 1_000 },
};
const event = (key: string, more: object = {}) => ({
  ...{ key, status: 'scheduled', availability: { mode: 'always_on' }, metrics: [{ key: 'shells', target: 1_000 }] },
  attempt: { replayableDuringWindow: true },
  ...more,
});
const game = {
  bots: [{ key: 'stepper', name: 'Stepper', behavior: stepper }],
  leaderboards: [{ key: 'weekly', name: 'Weekly', resetCadence: 'weekly' }],
  events: [
    event('sprint', { botBindings: [{ botKey: 'stepper', count: 1 }] }),
    event('relay', { contributesTo: ['weekly'] }),
    event('over'),
  ],
};

let world: World;
let second: Host;
let operator: Operator;

beforeAll(async () => {
  world = await World.start(['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy']);
  second = await startHost(['gateway'], world.ground);
  await world.configure(game);
  operator = await Operator.signIn(world);
}, 120_000);

afterAll(async () => {
  await second?.stop();
  await world?.stop();
});

interface Attempt {
  id: string;
  leaderboardId: string;
  playerId: string;
}

const start = async (player: Player, key: string): Promise<Attempt> =>
  dataOf<{ attempt: Attempt }>(await player.post(`/events/${key}/start`)).attempt;
const add = (player: Player, key: string, { id }: Attempt, metricValue: number) =>
  player.post(`/events/${key}/attempts/${id}/progress`, { mode: 'increment', metricValue });
const take = async (stream: BoardStream, count: number): Promise<Frame[]> => {
  const frames: Frame[] = [];
  while (frames.length < count) frames.push(await stream.next());
  return frames;
};

describe('the board of an event', () => {
  it('shows players, bots and operators, each with its cause, at every gateway', async () => {
    const mira = await world.player('mira');
    const attempt = await start(mira, 'sprint');
    const { leaderboardId, playerId } = attempt;
    const path = `/boards/${leaderboardId}/stream`;
    const streams = [await operator.stream(path), await operator.stream(path, second.service('gateway').url)];
    for (const stream of streams) {
      expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      expect(await stream.next()).toEqual({ event: 'ready', data: { leaderboardId, finalized: false } });
    }
    await add(mira, 'sprint', attempt, 5);
    const body = { reason: 'ticket 4711', overrideScore: 3 };
    const byPlayer = {
      ...{ participantId: playerId, kind: 'player', name: expect.any(String), score: 5, rank: 1 },
      ...{ at: expect.stringMatching(/^\d{4}-.*Z$/), cause: 'progress' },
    };
    const byBot = { kind: 'bot', name: expect.any(String), score: 1, rank: 2, cause: 'bot' };
    for (const stream of streams) {
      const frames = await take(stream, 2);
      expect(frames.map((frame) => frame.event)).toEqual(['score_update', 'score_update']);
      expect(frames.map(({ data }) => data).toSorted(byKind)).toEqual([expect.objectContaining(byBot), byPlayer]);
    }
    expect((await operator.call('POST', `/attempts/${attempt.id}/force-complete`, body)).status).toBe(200);
    for (const stream of streams) {
      const [{ data }] = (await take(stream, 1)) as [Frame];
      expect(data).toEqual({ ...byPlayer, score: 3, cause: 'operator' });
      stream.close();
    }
  });

  it('ends with its window, and is told as final to whoever comes after', async () => {
    const attempt = await start(await world.player('olga'), 'over');
    const { leaderboardId } = attempt;
    const stream = await operator.stream(`/boards/${leaderboardId}/stream`);
    expect((await stream.next()).event).toBe('ready');
    const { version } = await operator.done<{ version: number }>('GET', '/events/over');
    const closing = await operator.call(
      'POST',
      '/events/over/transition',
      { to: 'finalized', reason: 'over' },
      { version },
    );
    expect(closing.status).toBe(200);
    const occurredAt = expect.stringMatching(/^\d{4}-.*Z$/);
    const closed = { event: 'closed', data: { leaderboardId, finalized: true } };
    expect(await take(stream, 2)).toEqual([
      { event: 'finalized', data: { leaderboardId, reason: 'window_closed', occurredAt } },
      closed,
    ]);
    expect(await stream.nextOrEnd()).toBeNull();
    const late = await operator.stream(`/boards/${leaderboardId}/stream`);
    expect(await take(late, 2)).toEqual([{ event: 'ready', data: { leaderboardId, finalized: true } }, closed]);
    expect(await late.nextOrEnd()).toBeNull();
  });
});

describe('a board of the game', () => {
  it('shows what events contribute and what is scored directly', async () => {
    const nico = await world.player('nico');
    const attempt = await start(nico, 'relay');
    await add(nico, 'relay', attempt, 2);
    const weekly = await eventually(async () => {
      const [board] = await operator.done<RankedList[]>('GET', '/boards?q=weekly');
      expect(board?.participants).toBe(1);
      return board!;
    });
    const path = `/boards/${weekly.leaderboardId}/stream`;
    const stream = await operator.stream(`${path}?period=${weekly.period}`);
    const { leaderboardId } = weekly;
    expect(await stream.next()).toEqual({ event: 'ready', data: { leaderboardId, finalized: false } });
    await add(nico, 'relay', attempt, 1);
    expect((await nico.post('/leaderboards/weekly/score', { value: 9 })).status).toBe(200);
    const frames = await take(stream, 2);
    expect(frames.map(({ data }) => [data['score'], data['rank'], data['cause']])).toEqual([
      [3, 1, 'progress'],
      [9, 1, 'score'],
    ]);
    stream.close();
    for (const query of ['?segment=PT', '?period=2020-01-06T00:00:00.000Z', '?environment=test']) {
      expect(verdictOf(await operator.call('GET', path + query))).toEqual([404, 'not_found']);
    }
  });
});

describe('the stream', () => {
  let path: string;

  beforeAll(async () => {
    const { leaderboardId } = await start(await world.player('pia'), 'sprint');
    path = `/boards/${leaderboardId}/stream`;
  });

  it('is refused before it opens to whom the list is not shown', async () => {
    const viewer = await Operator.signIn(world, 'GAME_VIEWER');
    const stream = await viewer.stream(path);
    expect((await stream.next()).event).toBe('ready');
    stream.close();
    const token = await operator.withToken(['event.read']);
    expect(verdictOf(await token.call('GET', path))).toEqual([403, 'forbidden']);
    const elsewhere = operator.at(`/admin/v1/studios/${world.scope.studioId}/games/${nowhere}`);
    expect(verdictOf(await elsewhere.call('GET', path))).toEqual([404, 'not_found']);
    expect(verdictOf(await operator.call('GET', `/boards/${nowhere}/stream`))).toEqual([404, 'not_found']);
    expect((await operator.call('HEAD', path)).status).toBe(404);
    const signedOut = await world.call('GET', `/admin/v1/studios/x/games/y${path}`, { key: null });
    expect(verdictOf(signedOut)).toEqual([401, 'unauthenticated']);
  });

  it('ends with its session, and says so', async () => {
    const leaving = await Operator.signIn(world);
    const [stream, other] = [await leaving.stream(path), await operator.stream(path)];
    expect([(await stream.next()).event, (await other.next()).event]).toEqual(['ready', 'ready']);
    expect((await leaving.send('POST', '/admin/v1/auth/logout', {})).status).toBe(204);
    expect(await stream.next()).toEqual({ event: 'closed', data: { reason: 'session' } });
    expect(await stream.nextOrEnd()).toBeNull();
    // The session of somebody else is none of its business.
    const quinn = await world.player('quinn');
    const attempt = await start(quinn, 'sprint');
    await add(quinn, 'sprint', attempt, 1);
    expect((await other.next()).event).toBe('score_update');
    other.close();
  });

  it('ends, for a new answer, when the permission is lost', async () => {
    const leaving = await Operator.signIn(world, 'GAME_DESIGNER');
    const stream = await leaving.stream(path);
    expect((await stream.next()).event).toBe('ready');
    await world.ground.sql('identity', `delete from game_role where role = 'GAME_DESIGNER'`);
    expect(await stream.nextOrEnd()).toBeNull();
    expect(verdictOf(await leaving.call('GET', path))).toEqual([404, 'not_found']);
  });
});

function byKind({ kind: one }: Record<string, unknown>, { kind: other }: Record<string, unknown>): number {
  return String(one).localeCompare(String(other));
}
