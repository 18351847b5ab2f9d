import { limits } from '@kraty/contracts/common';
import type { ResourceDelta } from '@kraty/contracts/economy';
import { fail, type Failure } from '@kraty/platform/errors';
import { derivedValue, rewardsCrossed } from './derived.js';
import { lineOf, resourceId, settle, type Holding, type Line, type ResourceName } from './ledger.js';
import type { LedgerRow, Movement } from './movement.js';
import { refusalFailure } from './refusals.js';
import {
  operationIdRecord,
  ownerOf,
  type DerivedMove,
  type LevelUp,
  type OperatorActed,
  type ScopedAct,
  type StoredReply,
  type Write,
} from './write.js';

/** What is known under the name of a write before it. */
export interface Recorded {
  bodyHash: string;
  reply: StoredReply;
  /** It was made and has been given back since. */
  reversed: boolean;
}

/** All a write is judged by; the holdings are locked. */
export interface WriteGround {
  holdings: ReadonlyMap<string, Holding>;
  recorded: Recorded | null;
  isLevelPaid: (economyKey: string, level: number) => boolean;
  at: Date;
  newLedgerId: () => string;
}

export type WriteVerdict =
  | { kind: 'refused'; failure: Failure }
  | { kind: 'replayed'; reply: StoredReply }
  | { kind: 'inert' }
  | { kind: 'written'; rows: LedgerRow[]; reply: StoredReply; levels: LevelUp[]; acts: ScopedAct[] };

/** What becomes of one write (08 §4.1). Pure: the same ground gives the same verdict, but for the ids of its rows. */
export function judgeWrite(write: Write, ground: WriteGround): WriteVerdict {
  if (ground.recorded) return judgeRepeated(write, ground.recorded);
  if (write.refusal) return { kind: 'refused', failure: write.refusal };
  if (write.inert) return { kind: 'inert' };
  const deltas = cutDeltas(write, ground.holdings);
  const { lines, refusal } = settle(ground.holdings, deltas);
  if (refusal) return { kind: 'refused', failure: refusalFailure(refusal, write.reason) };
  return written(write, ground, lines);
}

function judgeRepeated({ record }: Write, recorded: Recorded): WriteVerdict {
  if (recorded.reply.barred || recorded.reversed) return { kind: 'refused', failure: operationReversed() };
  if (record && record.bodyHash !== recorded.bodyHash) {
    return { kind: 'refused', failure: keyOfAnotherBody(record.key) };
  }
  return { kind: 'replayed', reply: recorded.reply };
}

/** The deltas as they will be made: cut at their bounds, and without those that come to nothing. */
function cutDeltas({ deltas, cut, initial }: Write, holdings: ReadonlyMap<string, Holding>): ResourceDelta[] {
  if (!cut && !initial) return [...deltas];
  return deltas.map((delta) => cutDelta(delta, holdings, { cut, initial })).filter(({ delta }) => delta !== 0);
}

function cutDelta(
  delta: ResourceDelta,
  holdings: ReadonlyMap<string, Holding>,
  { cut, initial }: Pick<Write, 'cut' | 'initial'>,
): ResourceDelta {
  const holding = holdings.get(resourceId(delta));
  const amount = holding?.amount ?? 0;
  if (initial) {
    const due = holding?.initialPaid ? 0 : Math.min(delta.delta, limits.amountMax - amount);
    return { ...delta, delta: due };
  }
  const room = cut?.ceiling == null ? Infinity : Math.max(0, cut.ceiling - amount);
  return { ...delta, delta: delta.delta > 0 ? Math.min(delta.delta, room) : Math.max(delta.delta, -amount) };
}

function written(write: Write, ground: WriteGround, lines: Line[]): WriteVerdict {
  const movement = movementOf(write, ground.at);
  const rows = lines.map((line) => rowOf(line, movement, write, ground));
  const follow: Followed = { rows: [], moves: [], levels: [] };
  for (const row of rows) followFrom({ ...row, sourceRefId: row.ledgerId }, movement, write, ground, follow);
  recompute(movement, write, ground, follow);
  const reply: StoredReply = { amount: amountAfter(write, ground.holdings, lines) };
  if (write.act) reply.auditId = write.act.auditId;
  if (write.record?.operation === operationIdRecord) reply.holdings = rows.map(holdingOf);
  if (follow.moves.length > 0) reply.derived = follow.moves;
  const acts = write.act ? [actOf(write.act, write, ground, reply.amount, rows)] : [];
  return { kind: 'written', rows: [...rows, ...follow.rows], reply, levels: follow.levels, acts };
}

function actOf(
  acted: OperatorActed,
  { scope, deltas }: Write,
  { holdings }: WriteGround,
  after: number,
  [row]: LedgerRow[],
): ScopedAct {
  const [first] = deltas;
  const before = first ? (holdings.get(resourceId(first))?.amount ?? 0) : 0;
  return { scope, act: acted.actOf({ before, after, ledgerId: row?.ledgerId ?? null }) };
}

interface Followed {
  rows: LedgerRow[];
  moves: DerivedMove[];
  levels: LevelUp[];
}

/** A resource as it is now, for what follows it. */
interface Source extends ResourceName {
  balanceAfter: number;
  /** Ledger row that moved it; null when nothing did. */
  sourceRefId: string | null;
}

/** Progressions that follow a resource move with it, and those that follow them (08 §8). */
function followFrom(source: Source, cause: Movement, write: Write, ground: WriteGround, followed: Followed): void {
  if (source.type !== 'economy') return;
  for (const { key, derivedFrom } of write.catalog.followers.get(source.key) ?? []) {
    const holding = ground.holdings.get(resourceId({ type: 'economy', key }));
    const previous = holding?.amount ?? 0;
    const current = derivedValue(derivedFrom, source.balanceAfter);
    const levels = levelsOf(write, ground, { key, derivedFrom, previous, current });
    followed.levels.push(...levels);
    if (current === previous) {
      // It may stand there as a sum of two, or below new thresholds: what follows it is looked at all the same.
      if (write.recompute !== undefined) followStanding(key, cause, write, ground, followed);
      continue;
    }
    const delta = { type: 'economy' as const, key, delta: current - previous };
    const row = rowOf(lineOf(holding, delta), derivedMovement(cause, source), write, ground);
    followed.rows.push(row);
    const paidLevels = levels.map(({ level }) => level);
    followed.moves.push({ economyKey: key, previous, current, delta: delta.delta, paidLevels });
    followFrom({ ...row, sourceRefId: row.ledgerId }, cause, write, ground, followed);
  }
}

/** All that follows the progression a write recomputes. */
function recompute(cause: Movement, write: Write, ground: WriteGround, followed: Followed): void {
  if (write.recompute !== undefined) followStanding(write.recompute, cause, write, ground, followed);
}

/** What follows a progression that stands still; nothing follows one that was never touched. */
function followStanding(key: string, cause: Movement, write: Write, ground: WriteGround, followed: Followed): void {
  const name = { type: 'economy' as const, key };
  const holding = ground.holdings.get(resourceId(name));
  if (!holding || holding.revision === 0) return;
  followFrom({ ...name, balanceAfter: holding.amount, sourceRefId: null }, cause, write, ground, followed);
}

/** Levels that pay now: crossed upward, and never paid to this player before. */
function levelsOf(
  write: Write,
  { isLevelPaid }: WriteGround,
  move: { key: string; derivedFrom: Parameters<typeof rewardsCrossed>[0]; previous: number; current: number },
): LevelUp[] {
  const { scope, player, withoutRewards, levelsReached } = write;
  if (withoutRewards) return [];
  const heldBy = ownerOf(write).playerId;
  const reached = levelsReached?.get(move.key) ?? move.previous;
  if (move.current <= reached) return [];
  const crossed = rewardsCrossed(move.derivedFrom, reached, move.current);
  const due = crossed.filter(({ level }) => !isLevelPaid(move.key, level));
  return due.map(({ level, reward }) => ({ scope, player, heldBy, economyKey: move.key, level, reward }));
}

function rowOf(line: Line, movement: Movement, { operationId, record }: Write, ground: WriteGround): LedgerRow {
  const idempotencyKey = record && record.operation !== operationIdRecord ? record.key : null;
  return { ...line, movement, ledgerId: ground.newLedgerId(), operationId, idempotencyKey };
}

function movementOf(write: Write, at: Date): Movement {
  const { reason, sourceRefId, origin, actor, note = {}, silent = false } = write;
  return { ...ownerOf(write), reason, sourceRefId, origin, actor, at, note, silent };
}

function derivedMovement(cause: Movement, { sourceRefId }: Source): Movement {
  return { ...cause, reason: 'derived', sourceRefId, origin: 'engine', actor: 'system', note: {} };
}

function amountAfter({ deltas }: Write, holdings: ReadonlyMap<string, Holding>, lines: Line[]): number {
  const [first] = deltas;
  if (!first) return 0;
  const line = lines.find(({ type, key }) => type === first.type && key === first.key);
  return line?.balanceAfter ?? holdings.get(resourceId(first))?.amount ?? 0;
}

function holdingOf({ type, key, delta, balanceAfter, ledgerId }: LedgerRow) {
  return { type, key, delta, balanceAfter, ledgerId };
}

function operationReversed(): Failure {
  return fail('conflict', 'the operation was called off', { reason: 'operation_reversed' });
}

function keyOfAnotherBody(idempotencyKey: string): Failure {
  return fail('idempotency_conflict', 'the idempotency key was used with another body', { idempotencyKey });
}
