import type { Scope } from '@kraty/contracts/common';

/**
 * `open`: asked for, perhaps taken. `used`: its attempt exists. `reversing`: will be given back, whatever happens.
 * `reversed`: given back, or never taken and barred for ever.
 */
export type ChargeState = 'open' | 'used' | 'reversing' | 'reversed';

/** What a player was charged for entering a window (05 §12). */
export interface Charge extends Scope {
  eventWindowId: string;
  playerId: string;
  /** 1 + the number of reversed charges before it. */
  n: number;
  /** Drawn before the attempt exists; the ledger names it. */
  attemptId: string;
  state: ChargeState;
}
