import { Injectable } from '@nestjs/common';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import type { Catalog } from '../catalog/catalog.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { LedgerWriter } from '../ledger/ledger-writer.service.js';
import type { Write } from '../ledger/write.js';
import { InitialBalancesStore } from './initial-balances.store.js';

/** Players of whom a process remembers that they have had everything. */
const paidPlayersMax = 20_000;

/** Gives a player what the currencies begin with, at the first read or write of the wallet (08 §3). */
@Injectable()
export class InitialBalancesService {
  /** Catalog under which a player was found to have had everything: what was paid stays paid. */
  private readonly paidUnder = new Map<string, Catalog>();

  constructor(
    private readonly store: InitialBalancesStore,
    private readonly writer: LedgerWriter,
    private readonly catalogs: CatalogService,
  ) {}

  /** Costs nothing in a game without initial balances. Two first calls at once give it once: the holding decides. */
  async pay(scope: Scope, player: PlayerRef): Promise<void> {
    const catalog = await this.catalogs.read(scope.gameId);
    const { initialBalances } = catalog;
    const owner = `${scope.environment}/${player.playerId}`;
    if (initialBalances.size === 0 || this.paidUnder.get(owner) === catalog) return;
    const paid = await this.store.paid(scope, player.playerId, [...initialBalances.keys()]);
    const unpaid = [...initialBalances].filter(([key]) => !paid.has(key));
    await Promise.all(
      unpaid.map(([key, amount]) => this.writer.write(initialWrite(scope, player, catalog, { key, amount }))),
    );
    this.remember(owner, catalog);
  }

  private remember(owner: string, catalog: Catalog): void {
    if (this.paidUnder.size >= paidPlayersMax) this.paidUnder.clear();
    this.paidUnder.set(owner, catalog);
  }
}

function initialWrite(
  scope: Scope,
  player: PlayerRef,
  catalog: Catalog,
  { key, amount }: { key: string; amount: number },
): Write {
  return {
    scope,
    player,
    catalog,
    operationId: `initial:${player.playerId}:${key}`,
    deltas: [{ type: 'economy', key, delta: amount }],
    reason: 'initial_balance',
    sourceRefId: null,
    origin: 'engine',
    actor: 'system',
    record: null,
    refusal: null,
    initial: true,
  };
}
