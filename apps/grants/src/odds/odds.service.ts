import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type { Amount, TableOdds, TableSimulation } from '@kraty/contracts/grants';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { sha256Hex } from '@kraty/platform/ids';
import { rewardConfiguration } from '../administration/reward-bodies.js';
import { RewardObjectsStore } from '../bundles/reward-objects.store.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { PinnedService } from '../rolls/pinned.service.js';
import { RollStream, rollSeed } from '../rolls/roll-stream.js';
import { roll, UnrollableError, type RollableTable } from '../rolls/roll.js';
import { labelOf } from './labels.js';
import { OddsTooLargeError, oddsOf } from './picks.js';
import { resourcesOf } from './resources.js';
import { SimulatedTotals } from './simulation.js';

/** Openings between two turns of the event loop. */
const opensATurn = 500;

interface Told {
  table: RollableTable;
  tables: Map<string, RollableTable>;
}

/** What tables and crates give, told from what they are (07 §3): nothing here is written. */
@Injectable()
export class OddsService {
  constructor(
    private readonly pinned: PinnedService,
    private readonly objects: RewardObjectsStore,
    private readonly catalogs: CatalogService,
    private readonly clock: Clock,
  ) {}

  /** @throws not_found, conflict (odds_too_large), 503 while the economy is away and a crate is asked for */
  async read(game: GameScope, of: { tableKey: string } | { crateItemKey: string }): Promise<TableOdds> {
    const { tableKey, rolls } =
      'tableKey' in of ? { ...of, rolls: undefined } : await this.crate(game, of.crateItemKey);
    const { table, tables, revision } = await this.tableNow(game, tableKey);
    return told(() => ({
      ...{ tableKey, revision },
      rolls: rolls ?? table.rolls ?? 1,
      withReplacement: table.withReplacement ?? true,
      picks: oddsOf(table, tables),
      resources: resourcesOf(table, rolls, tables),
    }));
  }

  /** @throws not_found, validation_failed, conflict (odds_too_large) */
  async simulate(
    game: GameScope,
    of: { id: string } | { unsaved: unknown },
    opens: number,
    seed: string,
  ): Promise<TableSimulation> {
    const { key, table, tables } = 'id' in of ? await this.stored(game, of.id) : await this.unsaved(game, of.unsaved);
    const rolling = [{ type: 'table' as const, tableKey: key }];
    const secret = Buffer.from(sha256Hex(seed), 'hex');
    const observed = table.weightedEntries.map(() => 0);
    const totals = new SimulatedTotals(opens);
    for (let open = 0; open < opens; open += 1) {
      const stream = new RollStream(rollSeed(secret, `simulation:${open}`));
      const onPick = (tableKey: string, index: number) => void (tableKey === key && (observed[index]! += 1));
      told(() => totals.add(open, roll(rolling, stream, tables, onPick)));
      if (open % opensATurn === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const resources = told(() => resourcesOf(table, undefined, tables));
    const currencies = resources.filter(({ type }) => type === 'currency');
    return {
      ...{ opens, seed, outcomes: outcomesOf(table, observed), totals: totals.totals() },
      expectedValue: Object.fromEntries(currencies.map(({ key: currencyKey, expected }) => [currencyKey, expected])),
    };
  }

  /** A seed for callers who have none. */
  static anySeed(): string {
    return randomUUID();
  }

  private async crate(game: GameScope, key: string): Promise<{ tableKey: string; rolls?: Amount }> {
    const crate = await this.catalogs.crate(game, key);
    if (!crate) throw fail('not_found', `there is no crate ${key}`, { resource: 'crate' });
    return crate;
  }

  private async tableNow({ gameId }: GameScope, tableKey: string): Promise<Told & { revision: number }> {
    const contents = { entries: [{ type: 'table' as const, tableKey }] };
    const [found] = await this.pinned.resolve([{ gameId, contents, pinAt: this.clock.now() }]);
    const table = found?.tables.get(tableKey);
    const revision = found?.revisions.find(({ key }) => key === tableKey)?.revision;
    if (!found || !table || revision === undefined)
      throw fail('not_found', 'there is no such table', { resource: 'table' });
    return { table, tables: found.tables, revision };
  }

  private async stored(game: GameScope, id: string): Promise<Told & { key: string }> {
    const stored = await this.objects.find(game.gameId, 'rewardTables', id);
    if (!stored) throw fail('not_found', 'there is no such table', { resource: 'table' });
    return { key: stored.key, ...(await this.tableNow(game, stored.key)) };
  }

  /** It may roll tables that are saved. */
  private async unsaved({ gameId }: GameScope, raw: unknown): Promise<Told & { key: string }> {
    const table = rewardConfiguration('rewardTables', raw) as RollableTable & { key: string };
    const entries = table.weightedEntries.map(({ entry }) => entry);
    const [found] = await this.pinned.resolve([{ gameId, contents: { entries }, pinAt: this.clock.now() }]);
    const tables = new Map(found?.tables).set(table.key, table);
    return { key: table.key, table, tables };
  }
}

export function outcomesOf(table: RollableTable, observed: readonly number[]): TableSimulation['outcomes'] {
  const weights = table.weightedEntries.reduce((sum, { weight }) => sum + weight, 0);
  const picks = observed.reduce((sum, count) => sum + count, 0);
  return table.weightedEntries.map(({ weight, entry }, index) => ({
    ...{ index, label: labelOf(entry), expectedShare: weight / weights, observed: observed[index] ?? 0 },
    observedShare: picks === 0 ? 0 : (observed[index] ?? 0) / picks,
  }));
}

function told<T>(tell: () => T): T {
  try {
    return tell();
  } catch (error) {
    const reason = 'odds_too_large';
    if (error instanceof OddsTooLargeError) throw fail('conflict', error.message, { reason });
    if (error instanceof UnrollableError) throw fail('conflict', error.message, { reason: 'table_unusable' });
    throw error;
  }
}
