import type { Sections } from '@kraty/contracts/configuration';
import type { EventConfiguration } from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import { namedGame } from '@kraty/testing/arbitraries';
import { checkEvents, type CheckedEvents } from './check-events.js';
import type { StandingEvent } from './event-edit.js';
import type { Asked } from './references.js';

/** A whole event that says as little as it can. */
export const whole = {
  key: 'crab_sprint',
  status: 'scheduled',
  availability: { mode: 'always_on' },
  metrics: [{ key: 'shells', target: 40 }, { key: 'falls' }],
};

const brokenBot = { key: 'broken', name: 'Broken', behavior: { type: 'single', block: 'fly' } };
const level = { key: 'level', name: 'Level', kind: 'progression', derivedFrom: { sourceKey: 'cash', thresholds: [0] } };

/** The named game with a bot that is not valid, and a progression that follows another balance. */
export function checkInGame(
  upsert: unknown,
  { standing, ...around }: { standing?: StandingEvent } & Partial<Asked> = {},
): CheckedEvents {
  const events = [upsert] as Sections['events'];
  const { currencies, bots } = namedGame;
  const desired = { ...namedGame, currencies: [...currencies, level], bots: [...bots, brokenBot], events } as Sections;
  return checkEvents({
    upserts: events,
    archives: [],
    desired,
    standing: new Map(standing ? [['crab_sprint', standing]] : []),
    nowMs: Date.parse('2026-06-01T12:00:00Z'),
    ...around,
  });
}

/** `path code` of every issue of the whole event with these parts, without the name of the event. */
export function issuesWith(parts: object, around: Parameters<typeof checkInGame>[1] = {}): string[] {
  return checkInGame({ ...whole, ...parts }, around).issues.map(told);
}

export function warningsWith(parts: object, around: Parameters<typeof checkInGame>[1] = {}): string[] {
  return checkInGame({ ...whole, ...parts }, around).warnings.map(told);
}

/** What is kept of the whole event with these parts. */
export function canonicalWith(parts: object): EventConfiguration {
  const { accepted, issues } = checkInGame({ ...whole, ...parts });
  if (accepted[0] === undefined) throw new Error(JSON.stringify(issues));
  return accepted[0].configuration;
}

const told = ({ path, code }: Pick<Issue, 'path'> & { code: string }): string =>
  `${path.replace(/^events\[[^\]]*\]\.?/, '')} ${code}`;
