import type { ConfigurationWarning, Sections } from '@kraty/contracts/configuration';
import { canonicalEvent, type EventConfiguration } from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import { archiveIssues, editIssues, type StandingEvent, type WantedStatus } from './event-edit.js';
import { bundleKeyOf, meaningIssues, type References } from './event-meaning.js';
import { shapeEvent } from './event-shape.js';
import { eventWarnings } from './event-warnings.js';

/** An event's statement after every check, ready to be kept. */
export interface AcceptedEvent {
  configuration: EventConfiguration;
  wanted: WantedStatus;
}

export interface CheckedEvents {
  issues: Issue[];
  warnings: ConfigurationWarning[];
  accepted: AcceptedEvent[];
}

export interface EventsToCheck {
  upserts: readonly unknown[];
  archives: readonly string[];
  desired: Sections;
  standing: ReadonlyMap<string, StandingEvent>;
  nowMs: number;
}

/** A player gets all running events in one reply, each with its bundle; the broker carries twice as much. Bytes. */
const listingBytesMax = 8 * 1024 * 1024;

/** Everything that can be said about a change before it is made. Pure, so that a plan and an apply say the same. */
export function checkEvents({ upserts, archives, desired, standing, nowMs }: EventsToCheck): CheckedEvents {
  const references = referencesOf(desired);
  const checked: CheckedEvents = { issues: [], warnings: [], accepted: [] };
  upserts.forEach((raw, at) => checkOne(raw, eventPath(raw, at), { references, standing }, checked));
  for (const key of archives) checked.issues.push(...archiveOne(key, standing));
  const bundleBytes = new Map((desired.rewardBundles ?? []).map((bundle) => [bundle.key, bytesOf(bundle)]));
  let listingBytes = 0;
  for (const event of desired.events ?? []) {
    // What is out of shape has its issue already; a warning about it would only be noise.
    const { entry } = shapeEvent(event, '');
    if (entry === null || checked.issues.length > 0) continue;
    const canonical = { ...canonicalEvent(entry), status: entry.status ?? undefined };
    checked.warnings.push(...eventWarnings(canonical, references, nowMs, eventPath(event, 0)));
    listingBytes += bytesOf(canonical) + (bundleBytes.get(bundleKeyOf(canonical) ?? '') ?? 0);
  }
  if (listingBytes > listingBytesMax) {
    const message = `the events with their rewards make a listing of more than ${listingBytesMax} bytes`;
    checked.issues.push({ path: 'events', code: 'length', message });
  }
  return checked;
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

function checkOne(
  raw: unknown,
  path: string,
  { references, standing }: { references: References; standing: EventsToCheck['standing'] },
  checked: CheckedEvents,
): void {
  const { entry, issues } = shapeEvent(raw, path);
  if (entry === null) {
    checked.issues.push(...issues);
    return;
  }
  const wanted = entry.status ?? 'draft';
  const configuration = canonicalEvent(entry);
  const found = meaningIssues(configuration, entry, references, path);
  const before = standing.get(configuration.key);
  if (before !== undefined) found.push(...editIssues(before, configuration, wanted, path));
  if (checked.accepted.some((other) => other.configuration.key === configuration.key)) {
    found.push({ path: `${path}.key`, code: 'duplicate', message: `'${configuration.key}' is stated twice` });
  }
  checked.issues.push(...found);
  if (found.length === 0) checked.accepted.push({ configuration, wanted });
}

function archiveOne(key: string, standing: EventsToCheck['standing']): Issue[] {
  const path = `events[${key}]`;
  const event = standing.get(key);
  if (event === undefined) return [{ path, code: 'unknown_reference', message: `there is no event '${key}'` }];
  return archiveIssues(event.status, path);
}

/** An entry is named by its key, because the caller may have left out entries that do not change. */
function eventPath(raw: unknown, at: number): string {
  const key = typeof raw === 'object' && raw !== null ? (raw as { key?: unknown }).key : undefined;
  return `events[${typeof key === 'string' ? key : at}]`;
}

function referencesOf({ rewardBundles, currencies, items }: Sections): References {
  const keysOf = (list: readonly { key: string }[] | undefined) => new Set((list ?? []).map(({ key }) => key));
  return { bundles: keysOf(rewardBundles), currencies: keysOf(currencies), items: keysOf(items) };
}
