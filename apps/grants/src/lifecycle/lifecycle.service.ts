import { Injectable } from '@nestjs/common';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { busy } from '@kraty/platform/errors';
import { Database } from '@kraty/platform/persistence';
import { LifecycleStore } from './lifecycle.store.js';

/** What becomes of grants when players are merged or erased (07 §14, 12 §§7, 10): steps of identity's sagas. */
@Injectable()
export class LifecycleService {
  constructor(
    private readonly database: Database,
    private readonly store: LifecycleStore,
  ) {}

  /**
   * May be repeated.
   *
   * @throws 503 while a deposit of `from` is under way
   */
  async merge(scope: Scope, from: PlayerRef, to: PlayerRef): Promise<number> {
    return this.database.transaction(async (tx) => {
      const { reassigned, depositing } = await this.store.merge(tx, scope, from, to);
      // They would land with the player who is gone: nothing changes hands, and the saga comes again.
      if (depositing > 0) throw busy();
      return reassigned;
    });
  }

  /** May be repeated. */
  async erase(scope: Scope, playerId: string, anonymizedExternalId: string): Promise<number> {
    return this.store.erase(scope, playerId, anonymizedExternalId);
  }
}
