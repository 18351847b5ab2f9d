import { Injectable } from '@nestjs/common';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import type { HoldingsMergeCounts } from '@kraty/contracts/economy';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { uuidV7 } from '@kraty/platform/ids';
import { Database, type Tx } from '@kraty/platform/persistence';
import type { Catalog } from '../catalog/catalog.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { LedgerBatches, type CommittedBatch } from '../ledger/ledger-batches.service.js';
import type { Write } from '../ledger/write.js';
import { levelsReachedBy, mergedHoldings, refusalOf, rootSources, type MergeRefusal } from './merge.js';
import { MergesStore, type Pair } from './merges.store.js';

export interface Merge {
  scope: Scope;
  sagaId: string;
  from: PlayerRef;
  to: PlayerRef;
}

/** The economy's step of a merge of players: all of it in one transaction, once a saga (08 §10, 12 §7.4). */
@Injectable()
export class MergesService {
  constructor(
    private readonly database: Database,
    private readonly store: MergesStore,
    private readonly batches: LedgerBatches,
    private readonly catalogs: CatalogService,
    private readonly clock: Clock,
  ) {}

  /** @throws conflict (422, balance_limit) with nothing merged */
  async merge(merge: Merge): Promise<HoldingsMergeCounts> {
    const catalog = await this.catalogs.read(merge.scope.gameId);
    const { counts, committed } = await this.database.transaction((tx) => this.mergeIn(tx, merge, catalog));
    if (committed) await this.batches.tell(committed);
    return counts;
  }

  private async mergeIn(
    tx: Tx,
    merge: Merge,
    catalog: Catalog,
  ): Promise<{ counts: HoldingsMergeCounts; committed: CommittedBatch | null }> {
    const { scope, sagaId, from, to } = merge;
    const pair: Pair = { scope, from: from.playerId, to: to.playerId };
    const now = this.clock.now();
    const known = await this.store.begin(tx, sagaId, pair, now);
    if (known) return { counts: known, committed: null };
    const held = await this.store.lock(tx, pair);
    const merged = mergedHoldings(held.from, held.to);
    const refusal = refusalOf(merged, catalog);
    if (refusal) throw beyondLimit(refusal);
    await this.store.saveHoldings(tx, pair, merged, now);
    const rows = await this.store.moveLedger(tx, pair, merged);
    const reached = levelsReachedBy(...held.from, ...held.to);
    const committed = await this.batches.writeIn(tx, recomputations(merge, catalog, reached));
    const counts = {
      itemsMerged: held.from.filter(({ type, amount }) => type === 'item' && amount > 0).length,
      itemLedgerRowsMoved: rows.items,
      walletsMerged: held.from.filter(({ type }) => type === 'economy').length,
      walletLedgerRowsMoved: rows.wallets,
    };
    await this.store.finish(tx, sagaId, counts);
    return { counts, committed };
  }
}

/** What follows a summed source is put where it belongs; only levels neither had reached pay. */
function recomputations(
  { scope, sagaId, to }: Merge,
  catalog: Catalog,
  levelsReached: ReadonlyMap<string, number>,
): Write[] {
  return rootSources(catalog).map((recompute) => ({
    scope,
    player: to,
    catalog,
    operationId: uuidV7(),
    deltas: [],
    reason: 'derived',
    sourceRefId: sagaId,
    origin: 'engine',
    actor: 'system',
    record: null,
    refusal: null,
    recompute,
    silent: true,
    levelsReached,
  }));
}

function beyondLimit({ resource, max, have }: MergeRefusal) {
  const details = { reason: 'balance_limit', resource, max, have };
  return fail('conflict', `${resource} would pass its limit`, details, { status: 422 });
}
