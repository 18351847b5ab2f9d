import type { Idempotency, PlayerRef, Scope } from '@kraty/contracts/common';
import type { ConsumeItem, DebitWallet, ResourceType } from '@kraty/contracts/economy';

/** A player's own client takes some of one resource: consume and debit are one rule. */
export interface Spend {
  scope: Scope;
  player: PlayerRef;
  type: ResourceType;
  key: string;
  /** 1 … 2 147 483 647. */
  amount: number;
  reason: string;
  idempotency: Idempotency | null;
}

export interface Spent {
  /** Held after the call; on a replay as it was recorded then. */
  left: number;
  applied: boolean;
}

export function spendOfConsume({ scope, player, itemKey, quantity, reason, idempotency }: ConsumeItem): Spend {
  return { scope, player, type: 'item', key: itemKey, amount: quantity, reason: reason || 'consume', idempotency };
}

export function spendOfDebit({ scope, player, economyKey, amount, reason, idempotency }: DebitWallet): Spend {
  return { scope, player, type: 'economy', key: economyKey, amount, reason: reason || 'debit', idempotency };
}
