import { Failure } from '../errors/index.js';

/** After this many deliveries a fact is parked; the broker would go silent after the last one. */
export const deliveriesMax = 12;

const backoffMs = [1_000, 5_000, 30_000, 120_000] as const;
const jitterShare = 0.2;
const statusOfOurFault = 500;

/** What becomes of a fact after it was tried. */
export type Verdict = { kind: 'done' } | { kind: 'retry'; afterMs: number } | { kind: 'park'; reason: string };

/** `error` is undefined when the handler has committed; `delivery` counts from 1. Pure but for the jitter. */
export function judge(error: unknown, delivery: number, random: () => number = Math.random): Verdict {
  if (error === undefined) return { kind: 'done' };
  if (isRefusal(error)) return { kind: 'park', reason: `refused: ${reasonOf(error)}` };
  if (delivery >= deliveriesMax) return { kind: 'park', reason: `tried ${delivery} times: ${reasonOf(error)}` };
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

function reasonOf(error: unknown): string {
  if (error instanceof Failure) return `${error.code}: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
