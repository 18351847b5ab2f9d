import type { ConfigurationWarning } from '@kraty/contracts/configuration';
import {
  canonicalEvent,
  type EventConfiguration,
  type EventDocumentEntryBody,
  type WindowOverride,
} from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import { archiveIssues, editIssues, type StandingEvent, type WantedStatus } from './event-edit.js';
import { meaningIssues } from './event-meaning.js';
import { shapeEvent } from './event-shape.js';
import { eventWarnings } from './event-warnings.js';
import { checkedOverrides } from './override-meaning.js';
import { referencesOf, type Asked, type References } from './references.js';
import { bundlesOf } from './reward-meaning.js';

/** An event's statement after every check, ready to be kept. */
export interface AcceptedEvent {
  configuration: EventConfiguration;
  wanted: WantedStatus;
  windowOverrides: WindowOverride[];
}

export interface CheckedEvents {
  issues: Issue[];
  warnings: ConfigurationWarning[];
  accepted: AcceptedEvent[];
}

export interface EventsToCheck extends Asked {
  upserts: readonly unknown[];
  archives: readonly string[];
  standing: ReadonlyMap<string, StandingEvent>;
  /** When the running windows began, by the keys of their events; epoch ms. */
  runningSince?: ReadonlyMap<string, number>;
  nowMs: number;
}

/** A player gets all running events in one reply, each with its bundle; the broker carries twice as much. Bytes. */
const listingBytesMax = 8 * 1024 * 1024;

/** Everything that can be said about a change before it is made. Pure, so that a plan and an apply say the same. */
export function checkEvents(asked: EventsToCheck): CheckedEvents {
  const { upserts, archives, desired, standing, nowMs, runningSince = noWindows } = asked;
  const references = referencesOf(asked);
  const checked: CheckedEvents = { issues: [], warnings: [], accepted: [] };
  upserts.forEach((raw, at) =>
    checkOne(raw, eventPath(raw, at), { references, standing, runningSince, nowMs }, checked),
  );
  for (const key of archives) checked.issues.push(...archiveOne(key, standing));
  if (checked.issues.length > 0) return checked;
  const accepted = new Map(checked.accepted.map((event) => [event.configuration.key, event]));
  let listingBytes = 0;
  const bundleBytes = new Map((desired.rewardBundles ?? []).map((bundle) => [bundle.key, bytesOf(bundle)]));
  for (const entry of desired.events ?? []) {
    // What is not to be changed stands accepted already, in this form or in another that says the same.
    const event = accepted.get(entry.key)?.configuration ?? canonicalEvent(entry as unknown as EventDocumentEntryBody);
    checked.warnings.push(...eventWarnings(event, references, nowMs, eventPath(entry, 0)));
    const bundles = bundlesOf(event).map(({ key }) => bundleBytes.get(key) ?? 0);
    listingBytes += bundles.reduce((sum, bytes) => sum + bytes, bytesOf(event));
  }
  if (listingBytes > listingBytesMax) {
    const message = `the events with their rewards make a listing of more than ${listingBytesMax} bytes`;
    checked.issues.push({ path: 'events', code: 'length', message });
  }
  return checked;
}

interface Around extends Required<Pick<EventsToCheck, 'standing' | 'runningSince' | 'nowMs'>> {
  references: References;
}

const noWindows: ReadonlyMap<string, number> = new Map();
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

function checkOne(
  raw: unknown,
  path: string,
  { references, standing, runningSince, nowMs }: Around,
  checked: CheckedEvents,
): void {
  const { entry, issues } = shapeEvent(raw, path);
  if (entry === null) {
    checked.issues.push(...issues);
    return;
  }
  const wanted = entry.status ?? 'draft';
  const configuration = canonicalEvent(entry);
  const before = standing.get(configuration.key);
  const published = before === undefined || before.status === 'draft' ? null : before.configuration;
  const found = meaningIssues({ event: configuration, stated: entry, references, standing: published }, path);
  if (before !== undefined) found.push(...editIssues(before, configuration, wanted, path));
  if (checked.accepted.some((other) => other.configuration.key === configuration.key)) {
    found.push({ path: `${path}.key`, code: 'duplicate', message: `'${configuration.key}' is stated twice` });
  }
  const overrides = checkedOverrides(
    {
      event: configuration,
      stated: entry.windowOverrides,
      standing: before ?? null,
      runningSinceMs: runningSince.get(configuration.key) ?? null,
      nowMs,
    },
    `${path}.windowOverrides`,
  );
  found.push(...overrides.issues);
  checked.warnings.push(...overrides.warnings);
  checked.issues.push(...found);
  if (found.length === 0) checked.accepted.push({ configuration, wanted, windowOverrides: overrides.accepted });
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
