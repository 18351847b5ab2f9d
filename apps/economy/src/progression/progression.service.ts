import { Injectable } from '@nestjs/common';
import type { ProgressedWallet, ProgressWallet, ResourceDelta } from '@kraty/contracts/economy';
import { fail, type Failure } from '@kraty/platform/errors';
import type { Catalog } from '../catalog/catalog.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { GameSettingsService } from '../game-settings/game-settings.service.js';
import { InitialBalancesService } from '../initial-balances/initial-balances.service.js';
import { LedgerWriter } from '../ledger/ledger-writer.service.js';
import { clientWrite } from '../ledger/player-writes.js';
import { derivedResource, unknownResource } from '../ledger/refusals.js';
import { takesCredit } from '../operations/operation.js';
import { LevelGrants } from './level-grants.service.js';

/** What a player's own client may write of its progressions (08 §8). */
@Injectable()
export class ProgressionService {
  constructor(
    private readonly writer: LedgerWriter,
    private readonly catalogs: CatalogService,
    private readonly settings: GameSettingsService,
    private readonly initialBalances: InitialBalancesService,
    private readonly levelGrants: LevelGrants,
  ) {}

  /** @throws not_found, forbidden (not_client_writable, studio_managed), conflict (derived_resource, balance_limit) */
  async progress(command: ProgressWallet): Promise<ProgressedWallet> {
    const { scope, player, economyKey, idempotency } = command;
    const catalog = await this.catalogWith(scope.gameId, economyKey);
    if (!catalog.currencies.has(economyKey)) throw unknownResource(economyKey);
    const hidden = (await this.settings.inventoryManagementOf(scope.gameId)) === 'studio';
    if (!hidden) await this.initialBalances.pay(scope, player);
    const delta = { type: 'economy' as const, key: economyKey, delta: command.amount };
    const refusal = hidden ? studioManaged() : refusalOf(catalog, delta);
    const reason = command.reason || 'progress';
    const write = clientWrite(
      { scope, player, catalog, deltas: [delta], reason, refusal, cut: { ceiling: null } },
      idempotency,
    );
    const { amount, applied, derived } = await this.writer.write(write);
    return { economyKey, balance: amount, applied, derived: await this.levelGrants.named(scope, player, derived) };
  }

  /** A key this process does not know may have come a moment ago. */
  private async catalogWith(gameId: string, economyKey: string): Promise<Catalog> {
    const catalog = await this.catalogs.read(gameId);
    if (catalog.currencies.has(economyKey)) return catalog;
    this.catalogs.drop(gameId);
    return this.catalogs.read(gameId);
  }
}

function refusalOf(catalog: Catalog, delta: ResourceDelta): Failure | null {
  const currency = catalog.currencies.get(delta.key);
  if (currency?.derivedFrom) return derivedResource(delta.key);
  if (currency?.kind !== 'progression' || !currency.clientWritable) return notClientWritable(delta.key);
  if (delta.delta > 0 && !takesCredit(catalog, delta, 'progress')) return unknownResource(delta.key);
  return null;
}

function notClientWritable(key: string): Failure {
  return fail('forbidden', `${key} is not written by game clients`, { reason: 'not_client_writable', resource: key });
}

function studioManaged(): Failure {
  return fail('forbidden', 'the studio keeps the books itself', { reason: 'studio_managed' });
}
