import { Failure } from './failure.js';
import { isTransient } from './transient.js';

/** True for what passes by itself: something is away or busy. Everything else is for somebody to look at. */
export function isAway(error: unknown): boolean {
  return isTransient(error) || (error instanceof Failure && error.status === 503);
}
