import type { Idempotency, Iso, Json, PlayerRef, Scope } from '../common/index.js';
import { request } from '../messages/index.js';

export interface ItemHolding {
  itemKey: string;
  quantity: number;
  metadata: Json;
  createdAt: Iso;
  updatedAt: Iso;
}

export interface WalletHolding {
  economyKey: string;
  balance: number;
  metadata: Json;
  createdAt: Iso;
  updatedAt: Iso;
}

/** Items with a quantity above 0, sorted by key. */
export const listInventory = request<{ scope: Scope; playerId: string }, { items: ItemHolding[] }>(
  'economy',
  'list-inventory',
);

/** Every entry ever touched, zero balances included, sorted by key. */
export const listWallet = request<
  { scope: Scope; playerId: string; externalPlayerId: string },
  { wallet: WalletHolding[] }
>('economy', 'list-wallet');

/**
 * Balances of some keys for some players; a key never earned or unknown is left out and counts as 0.
 * At most 200 players and 8 keys a call.
 */
export const readBalances = request<
  { scope: Scope; playerIds: string[]; economyKeys: string[] },
  { balances: Record<string, Record<string, number>> }
>('economy', 'read-balances');

export interface ConsumeItem {
  scope: Scope;
  player: PlayerRef;
  itemKey: string;
  quantity: number;
  reason: string | null;
  idempotency: Idempotency | null;
}

/** 02 §10.2. `quantity` = held after the call; `applied` false on a replay. */
export const consumeItem = request<ConsumeItem, { itemKey: string; quantity: number; applied: boolean }>(
  'economy',
  'consume-item',
);

export interface DebitWallet {
  scope: Scope;
  player: PlayerRef;
  economyKey: string;
  amount: number;
  reason: string | null;
  idempotency: Idempotency | null;
}

/** 02 §11.2. `balance` = after the call; `applied` false on a replay. */
export const debitWallet = request<DebitWallet, { economyKey: string; balance: number; applied: boolean }>(
  'economy',
  'debit-wallet',
);

export interface ProgressWallet {
  scope: Scope;
  player: PlayerRef;
  economyKey: string;
  /** Signed, not 0: forward or back. A larger step back stops at 0. */
  amount: number;
  reason: string | null;
  idempotency: Idempotency | null;
}

/** A progression that moved with another one (08 §8). */
export interface DerivedChange {
  economyKey: string;
  previous: number;
  current: number;
  delta: number;
  /** Of the levels crossed upward for the first time; a payout that is late is left out (README §4). */
  grantIds: string[];
}

export interface ProgressedWallet {
  economyKey: string;
  balance: number;
  applied: boolean;
  /** Only changed ones. */
  derived: DerivedChange[];
}

/**
 * 02 §11.3. Errors: `not_found`, `forbidden` (not_client_writable, studio_managed), `conflict` (derived_resource,
 * balance_limit).
 */
export const progressWallet = request<ProgressWallet, ProgressedWallet>('economy', 'progress-wallet');
