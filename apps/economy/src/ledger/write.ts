import type { Json, PlayerRef, Scope } from '@kraty/contracts/common';
import type { OperationResult, Origin, ResourceDelta } from '@kraty/contracts/economy';
import type { RewardContents } from '@kraty/contracts/grants';
import type { OperatorAct } from '@kraty/contracts/identity';
import type { Failure } from '@kraty/platform/errors';
import type { Catalog } from '../catalog/catalog.js';

export type Holdings = OperationResult['holdings'];

/** The name under which an operation is known for ever (08 §5). */
export interface WriteRecord {
  /** `apply` for operation ids; else the method and path of the call that brought the key. */
  operation: string;
  key: string;
  /** Empty for operation ids: an id stands for one operation, whoever repeats it. */
  bodyHash: string;
}

/** The name under which operation ids are kept; keys of calls are kept under their method and path. */
export const operationIdRecord = 'apply';

/** One atomic change of one player's holdings, whoever asks for it (08 §4.1). */
export interface Write {
  scope: Scope;
  /** As whom it came: grants know themselves who is paid for a player who was merged away. */
  player: PlayerRef;
  /** Whose holdings it changes, when the player was merged away. */
  heldBy?: string;
  catalog: Catalog;
  operationId: string;
  /** One a resource, none 0. */
  deltas: readonly ResourceDelta[];
  reason: string;
  sourceRefId: string | null;
  origin: Origin;
  actor: string;
  record: WriteRecord | null;
  /** What no balance can cure, told unless the write is the replay of one that was made. */
  refusal: Failure | null;
  /** Nothing is done, and nothing is wrong: server calls in a game whose studio keeps the books (08 §2). */
  inert?: boolean;
  /** The change is cut instead of refused: at 0, and at the ceiling when there is one. One delta only. */
  cut?: { ceiling: number | null };
  /** An initial balance: given once, and as much of it as fits. */
  initial?: boolean;
  /** Nothing of its own: what follows this progression is put where it belongs. */
  recompute?: string;
  note?: Json;
  /** Told with the write, if it is made: what an operator has done. */
  act?: OperatorActed;
  silent?: boolean;
  /** Levels reached pay nothing: imports and recomputations (08 §§4, 8). */
  withoutRewards?: boolean;
  /** By progression: levels up to here count as reached before, whatever the holding says. After a merge. */
  levelsReached?: ReadonlyMap<string, number>;
}

/** Whose holdings a write changes. */
export function ownerOf({ scope, player, heldBy }: Write): { scope: Scope; playerId: string } {
  return { scope, playerId: heldBy ?? player.playerId };
}

/** What goes on record of an operator's write (04 §8.4). */
export interface OperatorActed {
  auditId: string;
  actOf: (balances: { before: number; after: number; ledgerId: string | null }) => OperatorAct;
}

/** An act with where its fact belongs. */
export interface ScopedAct {
  scope: Scope;
  act: OperatorAct;
}

/** What became of a write. */
export type WriteOutcome = { ok: true; value: Written } | { ok: false; error: unknown };

/** A progression that followed another resource, with the levels that pay for the first time. */
export interface DerivedMove {
  economyKey: string;
  previous: number;
  current: number;
  delta: number;
  paidLevels: number[];
}

/** What is kept of a write under its name. */
export interface StoredReply {
  /** Of the first resource, after the write. */
  amount: number;
  /** Of operations with an id, for their replays and reversals. */
  holdings?: Holdings;
  derived?: DerivedMove[];
  /** Of an operator's write. */
  auditId?: string;
  /** Called off before it came; it never will (08 §7). */
  barred?: true;
}

export interface Written {
  applied: boolean;
  /** The answer is the recorded one of an earlier call; inert writes are neither applied nor replayed. */
  replayed: boolean;
  amount: number;
  holdings: Holdings;
  derived: DerivedMove[];
  auditId: string | null;
}

/** A level a player reached for the first time, with what it pays. */
export interface LevelUp {
  scope: Scope;
  /** As whom it is paid. */
  player: PlayerRef;
  /** Whose level it is. */
  heldBy: string;
  economyKey: string;
  level: number;
  reward: RewardContents;
}
