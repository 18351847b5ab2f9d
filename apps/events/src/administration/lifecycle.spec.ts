import { eventStatuses, type EventStatus } from '@kraty/contracts/events';
import { transitionOf } from './lifecycle.js';

const ways: Record<string, string> = {
  'draft → scheduled': 'publish',
  'scheduled → draft': 'unpublish',
  'scheduled → finalized': 'cancel',
  'live → paused': 'pause',
  'paused → live': 'resume',
  'live → finalized': 'finalize',
  'paused → finalized': 'finalize',
};
const pairs = eventStatuses.flatMap((from) => eventStatuses.map((to): [EventStatus, EventStatus] => [from, to]));

describe('the life cycle (05 §15)', () => {
  it.each(pairs)('from %s to %s', (status, to) => {
    const event = { status, hasOpened: false, archivedAt: null };
    expect(transitionOf(event, to)).toBe(ways[`${status} → ${to}`] ?? null);
  });

  it('lets nobody unpublish what has opened', () => {
    expect(transitionOf({ status: 'scheduled', hasOpened: true, archivedAt: null }, 'draft')).toBeNull();
    expect(transitionOf({ status: 'scheduled', hasOpened: true, archivedAt: null }, 'finalized')).toBe('cancel');
  });

  it('ends with the archive', () => {
    expect(transitionOf({ status: 'draft', hasOpened: false, archivedAt: new Date(0) }, 'scheduled')).toBeNull();
  });
});
