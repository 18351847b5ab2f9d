import { Failure, isTransient } from '../errors/index.js';

/** A fact that has failed at this many deliveries is parked. */
export const deliveriesMax = 12;
/** What only finds somebody away is no fault of the fact: it gets about a day of the longest pause. */
export const deliveriesWhileAwayMax = 720;

const backoffMs = [1_000, 5_000, 30_000, 120_000] as const;
const jitterShare = 0.2;
const statusOfOurFault = 500;
const statusAway = 503;

/** What becomes of a fact after it was tried. */
export type Verdict = { kind: 'done' } | { kind: 'retry'; afterMs: number } | { kind: 'park'; reason: string };

/** `error` is undefined when the handler has committed; `delivery` counts from 1. Pure but for the jitter. */
export function judge(error: unknown, delivery: number, random: () => number = Math.random): Verdict {
  if (error === undefined) return { kind: 'done' };
  if (isRefusal(error)) return { kind: 'park', reason: `refused: ${reasonOf(error)}` };
  const deliveries = isAway(error) ? deliveriesWhileAwayMax : deliveriesMax;
  if (delivery >= deliveries) return { kind: 'park', reason: `tried ${delivery} times: ${reasonOf(error)}` };
  return { kind: 'retry', afterMs: backoffOf(delivery, random) };
}

/** 1 s, 5 s, 30 s, then every 2 min, each up to a fifth longer so that retries spread out. */
export function backoffOf(delivery: number, random: () => number = Math.random): number {
  const step = backoffMs[Math.min(delivery, backoffMs.length) - 1] ?? backoffMs[0];
  return Math.round(step * (1 + jitterShare * random()));
}

/** Our own domain said no: it will say so again. */
function isRefusal(error: unknown): boolean {
  return error instanceof Failure && error.status < statusOfOurFault;
}

/** Another context, a store or a lock did not answer in time. */
function isAway(error: unknown): boolean {
  return error instanceof Failure ? error.status === statusAway : isTransient(error);
}

function reasonOf(error: unknown): string {
  if (error instanceof Failure) return `${error.code}: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
