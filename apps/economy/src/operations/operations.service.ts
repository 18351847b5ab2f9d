import { Injectable } from '@nestjs/common';
import type { ApplyOperation, OperationResult, ResourceDelta } from '@kraty/contracts/economy';
import { Clock } from '@kraty/platform/clock';
import { Outbox, type Staged } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { Database, type Tx } from '@kraty/platform/persistence';
import type { Catalog } from '../catalog/catalog.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { GameSettingsService } from '../game-settings/game-settings.service.js';
import { InitialBalancesService } from '../initial-balances/initial-balances.service.js';
import { factOf } from '../ledger/ledger.facts.js';
import { settle, sumDeltas, type Line } from '../ledger/ledger.js';
import { LedgerStore, type NamedLine } from '../ledger/ledger.store.js';
import type { Movement } from '../ledger/movement.js';
import { insufficientBalance, refusalFailure, unknownResource } from '../ledger/refusals.js';
import { takesCredit } from './operation.js';
import { OperationsStore, type Holdings } from './operations.store.js';

const nothingStaged: Staged = { envelopes: [] };

interface Applied {
  result: OperationResult;
  staged: Staged;
}

/** The one writer of several resources: all or nothing, once an operation id (08 §4.1). */
@Injectable()
export class OperationsService {
  constructor(
    private readonly database: Database,
    private readonly ledger: LedgerStore,
    private readonly operations: OperationsStore,
    private readonly catalogs: CatalogService,
    private readonly settings: GameSettingsService,
    private readonly initialBalances: InitialBalancesService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** @throws conflict (insufficient_balance, balance_limit), not_found for a resource that cannot take the change */
  async apply(command: ApplyOperation): Promise<OperationResult> {
    const { scope, playerId } = command;
    const deltas = sumDeltas(command.deltas);
    const catalog = await this.catalogFor(scope.gameId, deltas);
    const hidden = (await this.settings.inventoryManagementOf(scope.gameId)) === 'studio';
    const touchesWallet = deltas.some(({ type }) => type === 'economy');
    if (touchesWallet && !hidden) await this.initialBalances.pay(scope, playerId);
    const rules = { catalog, hidden };
    const { result, staged } = await this.database.transaction((tx) => this.applyIn(tx, command, deltas, rules));
    await this.outbox.carry(staged);
    return result;
  }

  /** A key this process does not know may have come a moment ago; "unknown" would be told for good, so it looks again. */
  private async catalogFor(gameId: string, deltas: readonly ResourceDelta[]): Promise<Catalog> {
    const catalog = await this.catalogs.read(gameId);
    if (deltas.every((delta) => isKnown(catalog, delta))) return catalog;
    this.catalogs.drop(gameId);
    return this.catalogs.read(gameId);
  }

  /**
   * Twins meet at the locks: both change the same holdings, so the second looks for the result only after the first
   * has committed it.
   */
  private async applyIn(
    tx: Tx,
    command: ApplyOperation,
    deltas: ResourceDelta[],
    rules: { catalog: Catalog; hidden: boolean },
  ): Promise<Applied> {
    const known = deltas.filter((delta) => isKnown(rules.catalog, delta));
    const holdings = await this.ledger.lockAll(tx, command, known, this.clock.now());
    const stored = await this.operations.read(tx, command.scope, command.operationId);
    if (stored) return { result: { applied: false, holdings: stored }, staged: nothingStaged };
    refuseImpossible(deltas, command.reason, rules);
    const { lines, refusal } = settle(holdings, deltas);
    if (refusal) throw refusalFailure(refusal);
    return this.write(tx, command, lines);
  }

  private async write(tx: Tx, command: ApplyOperation, lines: Line[]): Promise<Applied> {
    const movement: Movement = { ...command, at: this.clock.now() };
    const named = lines.map((line) => this.named(line, command.operationId));
    const holdings = named.map(resultOf);
    if (named.length > 0) await this.ledger.write(tx, movement, named);
    await this.operations.insert(tx, command, holdings, movement.at);
    const staged = await this.outbox.stage(
      tx,
      named.map((line) => factOf(movement, line)),
    );
    return { result: { applied: true, holdings }, staged };
  }

  private named(line: Line, operationId: string): NamedLine {
    return { ...line, operationId, ledgerId: uuidV7(this.clock.nowMs()) };
  }
}

function resultOf({ type, key, delta, balanceAfter, ledgerId }: NamedLine): Holdings[number] {
  return { type, key, delta, balanceAfter, ledgerId };
}

function isKnown(catalog: Catalog, { type, key }: ResourceDelta): boolean {
  return type === 'item' ? catalog.items.has(key) : catalog.currencies.has(key);
}

/** What no balance can cure: a studio that keeps its own books, a key nobody ever configured, an archived one. */
function refuseImpossible(
  deltas: readonly ResourceDelta[],
  reason: string,
  { catalog, hidden }: { catalog: Catalog; hidden: boolean },
): void {
  for (const delta of deltas) {
    const needed = -delta.delta;
    const missing = { resource: delta.key, needed, have: 0 };
    if (needed > 0 && (hidden || !isKnown(catalog, delta))) throw insufficientBalance([missing]);
    if (needed < 0 && !takesCredit(catalog, delta, reason)) throw unknownResource(delta.key);
  }
}
