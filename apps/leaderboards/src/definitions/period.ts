import type { ScoreAggregation } from '@kraty/contracts/events';
import type { ResetCadence, Segmentation } from '@kraty/contracts/leaderboards';

/** What a defined board goes by from an instant on; the first of a board holds from the epoch. */
export interface Rules {
  effectiveFromMs: number;
  resetCadence: ResetCadence;
  scoreAggregation: ScoreAggregation;
  segmentation: Segmentation;
}

/** A half-open stretch of time in which a board counts; `endMs` null = it never ends (06 §3.1). */
export interface Period {
  startMs: number;
  endMs: number | null;
}

export const epochMs = 0;
const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
/** 1 January 1970 was a Thursday; the Monday before it. */
const firstMondayMs = -3 * dayMs;

/** The rules that hold at an instant. `rules` are in ascending order and never empty. */
export function rulesAt(rules: readonly Rules[], atMs: number): Rules {
  return rules.findLast(({ effectiveFromMs }) => effectiveFromMs <= atMs) ?? rules[0]!;
}

/** The period that contains an instant: as the cadence says, and cut where other rules begin. */
export function periodAt(rules: readonly Rules[], atMs: number): Period {
  const present = rulesAt(rules, atMs);
  const next = rules.find(({ effectiveFromMs }) => effectiveFromMs > atMs);
  const { startMs, endMs } = cadencePeriod(present.resetCadence, atMs);
  return {
    startMs: Math.max(startMs, present.effectiveFromMs),
    endMs: next === undefined ? endMs : Math.min(next.effectiveFromMs, endMs ?? next.effectiveFromMs),
  };
}

/** In UTC; weeks begin on Monday, months on the 1st (06 §3.1). */
export function cadencePeriod(cadence: ResetCadence, atMs: number): Period {
  if (cadence === 'never') return { startMs: epochMs, endMs: null };
  if (cadence === 'weekly') {
    const startMs = Math.floor((atMs - firstMondayMs) / weekMs) * weekMs + firstMondayMs;
    return { startMs, endMs: startMs + weekMs };
  }
  const at = new Date(atMs);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  return { startMs: Date.UTC(year, month, 1), endMs: Date.UTC(year, month + 1, 1) };
}

/** The instant from which other rules may hold: the end of the running period; null when it never ends. */
export function nextPeriodMs(rules: readonly Rules[], nowMs: number): number | null {
  const running = rules.filter(({ effectiveFromMs }) => effectiveFromMs <= nowMs);
  return periodAt(running, nowMs).endMs;
}
