import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { busy, fail } from '@kraty/platform/errors';
import { isUuid } from '@kraty/platform/ids';
import { GameSettingsService } from '../game-settings/game-settings.service.js';
import type { GrantRow } from '../grants/grant.js';
import { grantExpiredFailure, unknownGrant } from '../grants/grant-refusals.js';
import { GrantsStore } from '../grants/grants.store.js';
import { judgeClaim } from './claim.js';
import { ClaimBatchesService } from './claim-batches.service.js';
import { ClaimsStore, type ClaimedGrant } from './claims.store.js';
import { DepositsService } from './deposits.service.js';

/** A rival may withdraw its request between our look and our try; nobody loses that race for long. */
const triesMax = 5;

/** Claiming a grant: once, with its deposit, whoever asks how often (07 §§10–11). */
@Injectable()
export class ClaimsService {
  constructor(
    private readonly batches: ClaimBatchesService,
    private readonly store: ClaimsStore,
    private readonly grants: GrantsStore,
    private readonly deposits: DepositsService,
    private readonly settings: GameSettingsService,
    private readonly clock: Clock,
  ) {}

  /**
   * The claimed row; natural idempotency: a claimed grant answers as it is, whoever claimed it.
   *
   * @throws not_found, conflict (grant_expired, crate_must_be_opened, balance_limit), 503 while a deposit is not certain
   */
  async claim(claimed: ClaimedGrant): Promise<GrantRow> {
    if (!isUuid(claimed.grantId)) throw unknownGrant();
    const { inventoryManagement } = await this.settings.read(claimed.scope.gameId);
    const depositing = inventoryManagement !== 'studio';
    for (let tries = 0; tries < triesMax; tries += 1) {
      const row = await this.tryClaim(claimed, depositing);
      if (row) return row;
    }
    throw busy();
  }

  /** The claimed row; null when the race has to be looked at again. */
  private async tryClaim(claimed: ClaimedGrant, depositing: boolean): Promise<GrantRow | null> {
    const begun = depositing ? await this.batches.request(claimed) : await this.batches.claimWithoutDeposit(claimed);
    if (begun) return depositing ? this.deposits.complete(begun) : begun;
    const row = await this.grants.find(claimed, claimed.grantId);
    if (!row) throw unknownGrant();
    switch (judgeClaim(row, this.clock.now())) {
      case 'claimed':
        return row;
      case 'crate':
        throw fail('conflict', 'a crate is opened, not claimed', { reason: 'crate_must_be_opened' });
      case 'deposit_running':
        return this.joinDeposit(row);
      case 'expired':
        if (claimed.act) return null;
        throw grantExpiredFailure(row);
      case 'free':
        return null;
    }
  }

  private async joinDeposit({ id }: GrantRow): Promise<GrantRow | null> {
    const joined = await this.store.join(id, this.clock.now());
    return joined && this.deposits.complete(joined);
  }
}
