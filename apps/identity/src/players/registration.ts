import type { Environment } from '@kraty/contracts/common';

/** A lost reply may be asked for again, with the same idempotency key, for this long (02 §9). */
export const replayWithinMs = 10 * 60_000;

/** What decides a registration of a player the game already knows. */
export interface KnownPlayer {
  hasSecret: boolean;
  /** True once an authenticated call has used the present secret. */
  secretUsed: boolean;
  /** Idempotency key of the call that minted the present secret. */
  secretMintedByKey: string | null;
  /** When that key was first used to mint, epoch milliseconds. */
  secretMintedAtMs: number | null;
  banned: boolean;
  locked: boolean;
}

export interface RegistrationCall {
  environment: Environment;
  force: boolean;
  idempotencyKey: string | null;
  nowMs: number;
}

/**
 * `mint`: the first secret. `reissue`: the answer of the minting call was lost. `rotate`: forced under a test key.
 * The rest are refusals.
 */
export type Verdict = 'create' | 'mint' | 'reissue' | 'rotate' | 'already_registered' | 'banned' | 'locked';

/** The table of 02 §9, line by line. */
export function judgeRegistration(player: KnownPlayer | null, call: RegistrationCall): Verdict {
  if (player === null) return 'create';
  if (player.locked) return 'locked';
  if (player.banned) return 'banned';
  if (!player.hasSecret) return 'mint';
  if (isLostReply(player, call)) return 'reissue';
  if (call.force && call.environment === 'test') return 'rotate';
  return 'already_registered';
}

/** A device whose reply got lost repeats the call; a secret somebody has used must not die by a replay. */
function isLostReply(player: KnownPlayer, call: RegistrationCall): boolean {
  if (call.idempotencyKey === null || player.secretMintedByKey !== call.idempotencyKey) return false;
  if (player.secretUsed || player.secretMintedAtMs === null) return false;
  return call.nowMs - player.secretMintedAtMs < replayWithinMs;
}
