import type { Scope } from '@kraty/contracts/common';
import type { Origin } from '@kraty/contracts/economy';

/** What all ledger rows of one write have in common. */
export interface Movement {
  scope: Scope;
  playerId: string;
  reason: string;
  sourceRefId: string | null;
  origin: Origin;
  actor: string;
  at: Date;
}
