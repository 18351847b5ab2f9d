import { Injectable } from '@nestjs/common';
import type { ClaimGrant, Grant } from '@kraty/contracts/grants';
import { Clock } from '@kraty/platform/clock';
import { busy, fail, type Failure } from '@kraty/platform/errors';
import { Outbox } from '@kraty/platform/facts';
import { isUuid } from '@kraty/platform/ids';
import { Database } from '@kraty/platform/persistence';
import { GameSettingsService } from '../game-settings/game-settings.service.js';
import { grantFact } from '../grants/grants.facts.js';
import { grantOf, type GrantRow } from '../grants/grant.js';
import { GrantsStore } from '../grants/grants.store.js';
import { judgeClaim, type Claimer } from './claim.js';
import { ClaimsStore, type ClaimedGrant } from './claims.store.js';
import { DepositsService } from './deposits.service.js';

const player: Claimer = { ackedBy: 'sdk', actor: 'player' };
/** A rival may withdraw its request between our look and our try; nobody loses that race for long. */
const triesMax = 5;

/** Claiming a grant: once, with its deposit, whoever asks how often (07 §§10–11). */
@Injectable()
export class ClaimsService {
  constructor(
    private readonly database: Database,
    private readonly store: ClaimsStore,
    private readonly grants: GrantsStore,
    private readonly deposits: DepositsService,
    private readonly settings: GameSettingsService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * Natural idempotency: a claimed grant answers as it is, whatever the key.
   *
   * @throws not_found, conflict (grant_expired, crate_must_be_opened, balance_limit), 503 while a deposit is not certain
   */
  async claim({ scope, player: { playerId }, grantId }: ClaimGrant): Promise<Grant> {
    if (!isUuid(grantId)) throw unknownGrant();
    const claimed: ClaimedGrant = { scope, playerId, grantId };
    const { inventoryManagement } = await this.settings.read(scope.gameId);
    const depositing = inventoryManagement !== 'studio';
    for (let tries = 0; tries < triesMax; tries += 1) {
      const row = await this.tryClaim(claimed, depositing);
      if (row) return grantOf(row, this.clock.now());
    }
    throw busy();
  }

  /** The claimed row; null when the race has to be looked at again. */
  private async tryClaim(claimed: ClaimedGrant, depositing: boolean): Promise<GrantRow | null> {
    const begun = depositing
      ? await this.store.request(claimed, player, this.clock.now())
      : await this.claimWithoutDeposit(claimed);
    if (begun) return depositing ? this.deposits.complete(begun) : begun;
    const row = await this.grants.find(claimed, claimed.grantId);
    if (!row) throw unknownGrant();
    switch (judgeClaim(row, this.clock.now())) {
      case 'claimed':
        return row;
      case 'crate':
        throw fail('conflict', 'a crate is opened, not claimed', { reason: 'crate_must_be_opened' });
      case 'expired':
        throw expired(row);
      case 'deposit_running':
        return this.joinDeposit(row);
      case 'free':
        return null;
    }
  }

  private async joinDeposit({ id }: GrantRow): Promise<GrantRow | null> {
    const joined = await this.store.join(id, this.clock.now());
    return joined && this.deposits.complete(joined);
  }

  private async claimWithoutDeposit(claimed: ClaimedGrant): Promise<GrantRow | null> {
    const now = this.clock.now();
    const { row, staged } = await this.database.transaction(async (tx) => {
      const done = await this.store.claimWithoutDeposit(tx, claimed, player.ackedBy, now);
      const facts = done ? [grantFact('claimed', done, now)] : [];
      return { row: done, staged: await this.outbox.stage(tx, facts) };
    });
    await this.outbox.carry(staged);
    return row;
  }
}

function unknownGrant(): Failure {
  return fail('not_found', 'there is no such grant', { resource: 'grant' });
}

function expired({ expires_at: expiresAt }: GrantRow): Failure {
  return fail('conflict', 'the grant has expired', {
    reason: 'grant_expired',
    status: 'expired',
    expiresAt: expiresAt?.toISOString() ?? null,
  });
}
