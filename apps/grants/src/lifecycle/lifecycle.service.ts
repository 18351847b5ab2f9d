import { Injectable } from '@nestjs/common';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { Clock } from '@kraty/platform/clock';
import { Database } from '@kraty/platform/persistence';
import { LifecycleStore } from './lifecycle.store.js';

/** What becomes of grants when players are merged or erased (07 §14, 12 §§7, 10): steps of identity's sagas. */
@Injectable()
export class LifecycleService {
  constructor(
    private readonly database: Database,
    private readonly store: LifecycleStore,
    private readonly clock: Clock,
  ) {}

  /** May be repeated. A deposit that is under way lands with the target: the economy knows of the merge (12 §7.4). */
  async merge(scope: Scope, from: PlayerRef, to: PlayerRef): Promise<number> {
    const now = this.clock.now();
    return this.database.transaction((tx) => this.store.merge(tx, scope, from, to, now));
  }

  /** May be repeated. */
  async erase(scope: Scope, playerId: string, anonymizedExternalId: string): Promise<number> {
    return this.store.erase(scope, playerId, anonymizedExternalId);
  }
}
