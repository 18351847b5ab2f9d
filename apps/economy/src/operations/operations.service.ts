import { Injectable } from '@nestjs/common';
import type { ApplyOperation, OperationOutcome, OperationResult, ResourceDelta } from '@kraty/contracts/economy';
import { operationsMax } from '@kraty/contracts/economy';
import { toFailure, type Failure } from '@kraty/platform/errors';
import type { Catalog } from '../catalog/catalog.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { GameSettingsService } from '../game-settings/game-settings.service.js';
import { InitialBalancesService } from '../initial-balances/initial-balances.service.js';
import { LedgerWriter } from '../ledger/ledger-writer.service.js';
import { sumDeltas } from '../ledger/ledger.js';
import { derivedResource, shortfallFailure, unknownResource } from '../ledger/refusals.js';
import { operationIdRecord, type Write } from '../ledger/write.js';
import { isFollower, isKnown, shortOfAll, takesCredit } from './operation.js';

/** What other contexts ask for: several resources, all or nothing, once an operation id (08 §4.1). */
@Injectable()
export class OperationsService {
  constructor(
    private readonly writer: LedgerWriter,
    private readonly catalogs: CatalogService,
    private readonly settings: GameSettingsService,
    private readonly initialBalances: InitialBalancesService,
  ) {}

  /**
   * @throws conflict (insufficient_balance, balance_limit, derived_resource, operation_reversed),
   * insufficient_entry_cost, not_found for a resource that cannot take the change
   */
  async apply(command: ApplyOperation): Promise<OperationResult> {
    const { scope, playerId } = command;
    const deltas = sumDeltas(command.deltas);
    const catalog = await this.catalogFor(scope.gameId, deltas);
    const hidden = (await this.settings.inventoryManagementOf(scope.gameId)) === 'studio';
    const touchesWallet = deltas.some(({ type }) => type === 'economy');
    if (touchesWallet && !hidden) {
      await this.initialBalances.pay(scope, { playerId, externalPlayerId: command.externalPlayerId });
    }
    const refusal = refusalOf(deltas, command.reason, { catalog, hidden });
    const { applied, holdings } = await this.writer.write(writeOf(command, deltas, catalog, refusal));
    return { applied, holdings };
  }

  /** Independent operations side by side: they are committed together, and each fails alone. */
  async applyAll(operations: readonly ApplyOperation[]): Promise<OperationOutcome[]> {
    if (operations.length > operationsMax) throw new Error(`at most ${operationsMax} operations are applied at once`);
    return Promise.all(operations.map((operation) => this.outcomeOf(operation)));
  }

  private async outcomeOf(operation: ApplyOperation): Promise<OperationOutcome> {
    try {
      return { result: await this.apply(operation) };
    } catch (error) {
      return { failure: toFailure(error).wire() };
    }
  }

  /** A key this process does not know may have come a moment ago; "unknown" would be told for good, so it looks again. */
  private async catalogFor(gameId: string, deltas: readonly ResourceDelta[]): Promise<Catalog> {
    const catalog = await this.catalogs.read(gameId);
    if (deltas.every((delta) => isKnown(catalog, delta))) return catalog;
    this.catalogs.drop(gameId);
    return this.catalogs.read(gameId);
  }
}

function writeOf(command: ApplyOperation, deltas: ResourceDelta[], catalog: Catalog, refusal: Failure | null): Write {
  const { scope, playerId, externalPlayerId, operationId, reason, sourceRefId, origin, actor } = command;
  const record = { operation: operationIdRecord, key: operationId, bodyHash: '' };
  const player = { playerId, externalPlayerId };
  return { scope, player, catalog, operationId, deltas, reason, sourceRefId, origin, actor, record, refusal };
}

/** What no balance can cure: a studio that keeps its own books, a key nobody ever configured, an archived one. */
function refusalOf(
  deltas: readonly ResourceDelta[],
  reason: string,
  { catalog, hidden }: { catalog: Catalog; hidden: boolean },
): Failure | null {
  const [first, ...others] = hidden ? shortOfAll(deltas) : [];
  if (first) return shortfallFailure([first, ...others], reason);
  for (const delta of deltas) {
    if (delta.delta > 0 && !takesCredit(catalog, delta, reason)) return unknownResource(delta.key);
    if (isFollower(catalog, delta)) return derivedResource(delta.key);
  }
  return null;
}
