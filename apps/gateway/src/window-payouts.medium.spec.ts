import type { Grant } from '@kraty/contracts/grants';
import { MovableClock } from '@kraty/platform/clock';
import { eventually } from '@kraty/testing/harness';
import { World } from '@kraty/testing/world';

const services = ['gateway', 'identity', 'economy', 'events', 'leaderboards', 'grants'];
const clock = new MovableClock(new Date('2026-06-08T20:30:00.000Z'));
const gold = (amount: number) => [{ type: 'currency', currencyKey: 'gold', amount }];
const daily = { mode: 'recurring_windows', timezone: 'UTC', windows: [{ startTime: '20:00', durationSeconds: 3_600 }] };

/** From the last write of a player to the grant, through all contexts as they are. */
describe('what a window pays when it closes', () => {
  let sut: World;

  beforeAll(async () => {
    sut = await World.start(services, { clock });
    await sut.configure({
      currencies: [{ key: 'gold', name: 'Gold', kind: 'currency' }],
      events: [
        {
          ...{ key: 'ranked', status: 'scheduled', name: 'Ranked', availability: daily, metrics: [{ key: 'shells' }] },
          rewardPolicy: {
            type: 'rank_scaled',
            parameters: {
              tiers: [
                { fromRank: 1, toRank: 1, entries: gold(100) },
                { fromRank: 2, toRank: 2, entries: gold(40) },
              ],
            },
          },
        },
        {
          ...{ key: 'pooled', status: 'scheduled', name: 'Pooled', availability: daily, metrics: [{ key: 'shells' }] },
          rewardPolicy: {
            type: 'shared_pool',
            parameters: { pool: 101, currencyKey: 'gold', winnerPredicate: { type: 'rank_at_most', rank: 2 } },
          },
        },
      ],
    });
  });

  afterAll(() => sut.stop());

  it('reaches players by their final rank and by their share', async () => {
    const scores: [string, number][] = [
      ['mira', 30],
      ['noor', 20],
      ['ivo', 10],
    ];
    const players = new Map<string, Awaited<ReturnType<World['player']>>>();
    for (const [name, shells] of scores) {
      const player = await sut.player(name);
      players.set(name, player);
      for (const event of ['ranked', 'pooled']) {
        const started = await player.post(`/events/${event}/start`);
        expect(started.status).toBe(201);
        const { attempt } = started.json.data as unknown as { attempt: { id: string } };
        const path = `/events/${event}/attempts/${attempt.id}/progress`;
        expect((await player.post(path, { mode: 'increment', metricValue: shells })).status).toBe(200);
      }
    }
    clock.advance(3_600_000);
    const amounts = async (name: string) => {
      const reply = await players.get(name)!.get('/pending-grants');
      const grants = reply.json.data as unknown as Grant[];
      for (const grant of grants) expect(grant.sourceKind).toBe('event_window');
      return grants.map(({ contents }) => (contents.entries[0] as { amount: number }).amount).toSorted((a, b) => a - b);
    };
    await eventually(
      async () => {
        // A pool that finds a board unfrozen looks again 5 seconds later, and this clock moves by nobody else.
        clock.advance(1_000);
        expect([await amounts('mira'), await amounts('noor')]).toEqual([
          [50, 100],
          [40, 50],
        ]);
      },
      { withinMs: 60_000 },
    );
    expect(await amounts('ivo')).toEqual([]);
  }, 90_000);
});
