import type { Idempotency, Scope } from '@kraty/contracts/common';
import type { ReportedProgress } from '@kraty/contracts/events';
import type { Grant } from '@kraty/contracts/grants';
import { milestonePayoutKey } from '../milestones/milestone.facts.js';

/** The answer to a call, shared by the call and its twins of the same batch; its text gains grants once they are known. */
export interface ProgressReply {
  scope: Scope;
  attemptId: string;
  /** Where the text is recorded; null = nowhere. */
  idempotency: Idempotency | null;
  /** JSON of the reply's body. */
  text: string;
}

/** Names a recorded reply. */
export interface RecordedKey {
  scope: Scope;
  idempotency: Idempotency;
}

/** A reply that repeats of its call will get. */
export interface RecordedCall extends RecordedKey {
  reply: ProgressReply;
}

/** Every reply that reached no milestone ends like this, and need not be parsed. */
const withoutMilestones = '"milestonesFired":[]}';

/** Payout keys of the milestones whose grants are not in the reply yet. */
export function payoutKeysMissing({ attemptId, text }: Pick<ProgressReply, 'attemptId' | 'text'>): string[] {
  if (text.endsWith(withoutMilestones)) return [];
  const { milestonesFired } = JSON.parse(text) as ReportedProgress;
  return milestonesFired
    .filter(({ grants }) => grants === undefined)
    .map(({ key }) => milestonePayoutKey(attemptId, key));
}

/** The text with the grants of the payouts that are known; the others stay left out (README §4). */
export function withGrants(
  { attemptId, text }: Pick<ProgressReply, 'attemptId' | 'text'>,
  payouts: ReadonlyMap<string, Grant[]>,
): string {
  const reply = JSON.parse(text) as ReportedProgress;
  const milestonesFired = reply.milestonesFired.map((fired) => {
    const grants = fired.grants ?? payouts.get(milestonePayoutKey(attemptId, fired.key));
    return grants === undefined ? fired : { ...fired, grants };
  });
  return JSON.stringify({ ...reply, milestonesFired } satisfies ReportedProgress);
}
