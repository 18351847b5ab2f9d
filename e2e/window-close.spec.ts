import { MovableClock } from '@kraty/platform/clock';
import { eventually } from '@kraty/testing/harness';
import { World, type Answer, type Player } from '@kraty/testing/world';
import { BoardStream } from './board-stream.fixture.js';

const openedAt = Date.UTC(2026, 10, 2, 12);
const minutes = 60_000;
const clock = new MovableClock(new Date(openedAt));

const game = {
  currencies: [{ key: 'pearls', name: 'Pearls', kind: 'currency' }],
  events: [
    {
      key: 'hour',
      name: 'The hour',
      status: 'scheduled',
      availability: {
        mode: 'recurring_windows',
        timezone: 'Europe/Lisbon',
        windows: [{ startTime: '12:00', durationSeconds: 3600 }],
      },
      metrics: [{ key: 'shells', target: 10 }],
      rewardPolicy: {
        type: 'fixed_bundle',
        parameters: { entries: [{ type: 'currency', currencyKey: 'pearls', amount: { min: 10, max: 20, step: 5 } }] },
      },
    },
  ],
};

let world: World;

beforeAll(async () => {
  world = await World.start(['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy'], { clock });
  await world.configure(game);
});

afterAll(async () => {
  await world.stop();
});

interface Attempt {
  id: string;
  leaderboardId: string;
  playerId: string;
}

const data = <T>(answer: Answer): T => answer.json.data as unknown as T;
const start = async (player: Player): Promise<Attempt> =>
  data<{ attempt: Attempt }>(await player.post('/events/hour/start')).attempt;
const report = (player: Player, attempt: Attempt, metricValue: number): Promise<Answer> =>
  player.post(`/events/hour/attempts/${attempt.id}/progress`, { mode: 'set', metricValue });

describe('a window that closes', () => {
  it('freezes its board, tells the stream, and lets nobody write any more', async () => {
    const [mira, tomo] = [await world.player('mira'), await world.player('tomo')];
    clock.set(new Date(openedAt + minutes));
    const [first, second] = [await start(mira), await start(tomo)];
    await report(mira, first, 4);
    await report(tomo, second, 12);
    const path = `/sdk/v1/leaderboards/${first.leaderboardId}`;
    const stream = await BoardStream.open(world, `${path}/stream`);
    expect((await stream.next()).event).toBe('ready');

    clock.set(new Date(openedAt + 61 * minutes));
    const late = await report(mira, first, 9);
    expect([late.status, late.json.error]).toMatchObject([
      409,
      { code: 'attempt_finished', details: { status: 'expired' } },
    ]);
    expect((await mira.post('/events/hour/start')).json.error).toMatchObject({ code: 'no_active_window' });

    await eventually(async () =>
      expect(data(await world.call('GET', path))).toMatchObject({ finalized: true, finalizedReason: 'window_closed' }),
    );
    const frozen = data<{ entries: Record<string, unknown>[]; self: unknown }>(
      await world.call('GET', `${path}?includeSelf=1&externalId=mira`),
    );
    expect(frozen.entries.map(({ participantId, score, rank }) => [participantId, score, rank])).toEqual([
      [second.playerId, 12, 1],
      [first.playerId, 4, 2],
    ]);
    expect(frozen.self).toEqual({ rank: 2, score: 4 });
    const last = await stream.next();
    expect(last).toMatchObject({
      event: 'finalized',
      data: {
        reason: 'window_closed',
        standings: [
          { rank: 1, score: 12 },
          { rank: 2, score: 4 },
        ],
      },
    });
    expect(await stream.next()).toEqual({
      event: 'closed',
      data: { leaderboardId: first.leaderboardId, finalized: true },
    });
    expect(await stream.nextOrEnd()).toBeNull();

    const again = await BoardStream.open(world, `${path}/stream`);
    expect(await again.next()).toMatchObject({ event: 'ready', data: { finalized: true } });
    expect((await again.next()).event).toBe('closed');
    expect(await again.nextOrEnd()).toBeNull();
    expect(data<unknown[]>(await tomo.get('/pending-grants'))).toHaveLength(1);
    expect(data<unknown[]>(await mira.get('/pending-grants'))).toHaveLength(0);
  });
});
