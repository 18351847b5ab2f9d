import { uuidV7 } from '@kraty/platform/ids';
import { EventsWorld } from '../events-world.fixture.js';
import { AnomalyRetention } from './anomaly-retention.service.js';
import { AnomalyRetentionWorker } from './anomaly-retention.worker.js';

let world: EventsWorld;

beforeAll(async () => {
  world = await EventsWorld.start('2026-06-01T12:00:00Z');
});

afterAll(() => world.stop());

const studioId = uuidV7();

/** An anomaly of each age in days. */
async function found(gameId: string, agesInDays: number[]): Promise<void> {
  await world.rows(
    `insert into anomaly (id, studio_id, game_id, environment, player_id, external_player_id, attempt_id, event_id, event_key,
                          event_window_id, validator_key, verdict, reason, metric_snapshot, occurred_at)
     select gen_random_uuid(), $1, $2, 'live', $1, age::text, $1, $1, 'e', $1, 'max_metric_rate', 'flag', '', '{}',
            $4::timestamptz - age * interval '24 hours'
       from unnest($3::float8[]) age`,
    [studioId, gameId, agesInDays, world.clock.now()],
  );
}

async function kept(gameId: string): Promise<number[]> {
  const rows = await world.rows('select external_player_id from anomaly where game_id = $1', [gameId]);
  return rows.map((row) => Number(row['external_player_id'])).toSorted((a, b) => a - b);
}

const told = (gameId: string, revision: number, anomalyRetentionDays: number) =>
  world.service(AnomalyRetention).apply([
    {
      id: uuidV7(),
      type: '',
      scope: { studioId, gameId },
      aggregateId: gameId,
      revision,
      occurredAt: '2026-06-01T12:00:00.000Z',
      payload: { gameId, studioId, archivedAt: null, settings: { anomalyRetentionDays } as never },
    },
  ]);

describe('anomalies', () => {
  it('are kept as long as their game says, 180 days when it says nothing, and counted across many games', async () => {
    const [silent, strict, lax] = [uuidV7(), uuidV7(), uuidV7()];
    await told(strict, 2, 7);
    await told(strict, 1, 3_650);
    await told(lax, 1, 7);
    await told(lax, 2, 365);
    for (const gameId of [silent, strict, lax]) await found(gameId, [0, 6.9, 7.1, 179.9, 180.1, 364, 366]);
    await world.service(AnomalyRetentionWorker).round();
    expect([await kept(silent), await kept(strict), await kept(lax)]).toEqual([
      [0, 6.9, 7.1, 179.9],
      [0, 6.9],
      [0, 6.9, 7.1, 179.9, 180.1, 364],
    ]);
  });

  it('go in one round although they are more than a chunk', async () => {
    const gameId = uuidV7();
    await found(
      gameId,
      Array.from({ length: 2_500 }, () => 200),
    );
    await found(gameId, [1]);
    await world.service(AnomalyRetentionWorker).round();
    expect(await kept(gameId)).toEqual([1]);
  });
});
