import { Injectable } from '@nestjs/common';
import type { Idempotency, PlayerRef, Scope } from '@kraty/contracts/common';
import type { NewGrant } from '@kraty/contracts/grants';
import { Clock } from '@kraty/platform/clock';
import { busy, fail } from '@kraty/platform/errors';
import { ClaimsStore } from '../claims/claims.store.js';
import { DepositsService } from '../claims/deposits.service.js';
import { GameSettingsService } from '../game-settings/game-settings.service.js';
import { scopeOf, type GrantRow } from '../grants/grant.js';
import { GrantsStore } from '../grants/grants.store.js';
import { CreationService, type Created, type Creation } from './creation.service.js';

export interface SelfGrant {
  scope: Scope;
  player: PlayerRef;
  grant: NewGrant;
  idempotency: Idempotency | null;
}

/** What players give themselves, where their game lets them (02 §6.3). */
@Injectable()
export class SelfGrantsService {
  constructor(
    private readonly creation: CreationService,
    private readonly claims: ClaimsStore,
    private readonly grants: GrantsStore,
    private readonly deposits: DepositsService,
    private readonly settings: GameSettingsService,
    private readonly clock: Clock,
  ) {}

  /**
   * A reward is deposited by the steps of every claim and then born claimed: until then nobody has heard of it, and if
   * the economy refuses it never was. Whoever asks again gets what there is, even if the game is not permissive any more.
   *
   * @throws inventory_not_permissive, validation_failed, invalid_metric, idempotency_conflict, conflict (balance_limit),
   * 503 while the deposit is not certain
   */
  async give({ scope, player, grant, idempotency }: SelfGrant): Promise<Created> {
    const named = idempotency && { owner: `player:${player.playerId}`, idempotency };
    const unborn = grant.kind === 'reward';
    const source = { sourceKind: 'client' as const, sourceRefId: null };
    const creation: Creation = { scope, player, grant, ...source, named, unborn };
    if (!(await this.creation.made(creation))) await this.checkMode(scope);
    const created = await this.creation.create(creation);
    const row = created.row.deposit_state === 'requested' ? await this.complete(created) : created.row;
    return { row, replayed: created.replayed };
  }

  private async checkMode({ gameId }: Scope): Promise<void> {
    const { inventoryManagement } = await this.settings.read(gameId);
    if (inventoryManagement === 'permissive') return;
    throw fail('inventory_not_permissive', 'players of this game cannot give themselves anything');
  }

  private async complete({ row, replayed }: Created): Promise<GrantRow> {
    // A replay joins what its twin, or a crash, has left under way.
    const begun = replayed ? await this.claims.join(row.id, this.clock.now()) : row;
    const done = begun && (await this.deposits.complete(begun));
    const now = done ?? (await this.grants.find({ scope: scopeOf(row), playerId: row.player_id }, row.id));
    if (now?.status !== 'claimed') throw busy();
    return now;
  }
}
