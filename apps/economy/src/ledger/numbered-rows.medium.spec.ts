import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { startGround, type Ground } from '@kraty/testing/harness';

const migration = new URL(
  '../../../../prisma/economy/migrations/20261121173146_newest_row_of_a_holding/migration.sql',
  import.meta.url,
);
/** The schema that the migration met. */
const asItWas = `
  alter table holding drop column chained_from;
  alter table ledger drop column revision;
  alter table job_run drop column leased_until, alter column begun_at set not null;
  create index ledger_player_idx on ledger (game_id, environment, player_id, ledger_id);`;

/** Deltas of ledger rows in the order of their ids, and the balances they tell. */
type Rows = [delta: number, balanceAfter: number][];

interface Numbered {
  player_id: string;
  revision: number;
  chained_from: number;
  rows: number[];
}

/** Rows written before rows had numbers get theirs by the migration that brought them (08 §12). */
describe('ledger rows from before they were numbered', () => {
  let ground: Ground;

  beforeAll(async () => {
    ground = await startGround({ services: ['economy'] });
  });

  afterAll(async () => {
    await ground.stop();
  });

  function written(playerId: string, revision: number, rows: Rows): string {
    const owner = `'${playerId}', '${playerId}', 'live', 'economy', 'gold', '${playerId}'`;
    const amount = rows.reduce((sum, [delta]) => sum + delta, 0);
    const idOf = (place: number) => `00000000-0000-7000-8000-${playerId.slice(-8)}${String(place).padStart(4, '0')}`;
    const lines = rows.map(
      ([delta, balanceAfter], place) =>
        `insert into ledger (player_id, game_id, environment, resource_type, resource_key, studio_id, ledger_id, delta,
                             balance_after, reason, origin, operation_id, actor, metadata, created_at)
         values (${owner}, '${idOf(place)}', ${delta}, ${balanceAfter}, 'credit', 'server', '${place}', 'system', '{}', now());`,
    );
    return `insert into holding (player_id, game_id, environment, resource_type, resource_key, studio_id, amount, metadata,
                                 initial_paid, revision, created_at, updated_at)
            values (${owner}, ${amount}, '{}', false, ${revision}, now(), now()); ${lines.join('\n')}`;
  }

  it('end at the revision of their holding, and their balances form a chain where they always did', async () => {
    const [plain, twoProcesses, merged, manyMerged, untouched] = Array.from({ length: 5 }, () => randomUUID()) as [
      ...[string, string, string, string, string],
    ];
    const old = [
      written(plain, 3, [
        [5, 5],
        [3, 8],
        [-2, 6],
      ]),
      // The later of two had the smaller id.
      written(twoProcesses, 2, [
        [3, 8],
        [5, 5],
      ]),
      written(merged, 4, [
        [5, 5],
        [3, 3],
      ]),
      written(manyMerged, 2, [
        [5, 5],
        [3, 8],
        [1, 1],
      ]),
      written(untouched, 0, []),
    ];
    await ground.sql('economy', [asItWas, ...old, readFileSync(migration, 'utf8')].join('\n'));
    const numbered = await ground.sql<Numbered>(
      'economy',
      `select player_id, revision, chained_from,
              array(select revision from ledger where ledger.player_id = holding.player_id order by ledger_id) as rows
         from holding`,
    );
    const byPlayer = new Map(numbered.map(({ player_id: playerId, ...row }) => [playerId, row]));
    expect(byPlayer.get(plain)).toEqual({ revision: 3, chained_from: 0, rows: [1, 2, 3] });
    expect(byPlayer.get(twoProcesses)).toEqual({ revision: 2, chained_from: 2, rows: [1, 2] });
    expect(byPlayer.get(merged)).toEqual({ revision: 4, chained_from: 4, rows: [3, 4] });
    expect(byPlayer.get(manyMerged)).toEqual({ revision: 3, chained_from: 3, rows: [1, 2, 3] });
    expect(byPlayer.get(untouched)).toEqual({ revision: 0, chained_from: 0, rows: [] });
  });
});
