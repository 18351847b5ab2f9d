import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { Clock } from '@kraty/platform/clock';
import { Outbox, type Staged } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { Database, type Tx } from '@kraty/platform/persistence';
import { CatalogService } from '../catalog/catalog.service.js';
import { factOf } from '../ledger/ledger.facts.js';
import { LedgerStore } from '../ledger/ledger.store.js';
import type { Movement } from '../ledger/movement.js';
import { initialLines } from './initial-balances.js';
import { InitialBalancesStore } from './initial-balances.store.js';

/** Gives a player what the currencies begin with, at the first read or write of the wallet (08 §3). */
@Injectable()
export class InitialBalancesService {
  constructor(
    private readonly database: Database,
    private readonly store: InitialBalancesStore,
    private readonly ledger: LedgerStore,
    private readonly catalogs: CatalogService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** True when something was given now. Costs nothing in a game without initial balances. */
  async pay(scope: Scope, playerId: string): Promise<boolean> {
    const { initialBalances } = await this.catalogs.read(scope.gameId);
    if (initialBalances.size === 0) return false;
    const paid = await this.store.paid(scope, playerId, [...initialBalances.keys()]);
    const unpaid = new Map([...initialBalances].filter(([key]) => !paid.has(key)));
    if (unpaid.size === 0) return false;
    const staged = await this.database.transaction((tx) => this.payIn(tx, scope, playerId, unpaid));
    await this.outbox.carry(staged);
    return true;
  }

  /** Two first calls at once meet at the locks; the second finds everything paid. */
  private async payIn(tx: Tx, scope: Scope, playerId: string, unpaid: ReadonlyMap<string, number>): Promise<Staged> {
    const movement = this.movement(scope, playerId);
    const names = [...unpaid.keys()].map((key) => ({ type: 'economy' as const, key }));
    const holdings = await this.ledger.lockAll(tx, { scope, playerId }, names, movement.at);
    const lines = initialLines(holdings, unpaid).map((line) => ({
      ...line,
      ledgerId: uuidV7(this.clock.nowMs()),
      operationId: `initial:${playerId}:${line.key}`,
    }));
    if (lines.length > 0) await this.ledger.write(tx, movement, lines);
    await this.store.markPaid(tx, scope, playerId, [...unpaid.keys()]);
    return this.outbox.stage(
      tx,
      lines.map((line) => factOf(movement, line)),
    );
  }

  private movement(scope: Scope, playerId: string): Movement {
    return {
      scope,
      playerId,
      reason: 'initial_balance',
      sourceRefId: null,
      origin: 'engine',
      actor: 'system',
      at: this.clock.now(),
    };
  }
}
