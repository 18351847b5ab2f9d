import type { EventStatus } from '@kraty/contracts/events';

/** What an operator's transition does (05 §15). */
export type Transition = 'publish' | 'unpublish' | 'cancel' | 'pause' | 'resume' | 'finalize';

const transitions: Partial<Record<`${EventStatus} ${EventStatus}`, Transition>> = {
  'draft scheduled': 'publish',
  'scheduled draft': 'unpublish',
  'scheduled finalized': 'cancel',
  'live paused': 'pause',
  'paused live': 'resume',
  'live finalized': 'finalize',
  'paused finalized': 'finalize',
};

/** Null = not for operators: `scheduled → live` is the clock's, everything else does not exist. */
export function transitionOf(
  { status, hasOpened, archivedAt }: { status: EventStatus; hasOpened: boolean; archivedAt: Date | null },
  to: EventStatus,
): Transition | null {
  const transition = archivedAt === null ? transitions[`${status} ${to}`] : undefined;
  if (transition === undefined) return null;
  return transition === 'unpublish' && hasOpened ? null : transition;
}
