import { canonicalEvent, configurationText, type EventDocumentEntryBody } from '@kraty/contracts/events';
import { normalForm, type Sections } from '@kraty/contracts/configuration';
import { anyEvent, namedGame } from '@kraty/testing/arbitraries';
import fc from 'fast-check';
import { checkEvents, type CheckedEvents } from './check-events.js';
import { editIssues } from './event-edit.js';
import { eventDefinition } from './event-definition.js';

const nowMs = Date.parse('2026-06-01T12:00:00Z');

function check(upsert: unknown): CheckedEvents {
  const events = [upsert] as Sections['events'];
  const game = { ...namedGame, events };
  return checkEvents({ upserts: events, archives: [], desired: game, standing: new Map(), nowMs });
}

/** Through JSON, as a statement arrives. */
const received = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('any event that contradicts nothing', () => {
  it('is accepted, has one canonical form, and a meaning', () => {
    fc.assert(
      fc.property(anyEvent().map(received), (event) => {
        const { issues, accepted } = check(event);
        expect(issues).toEqual([]);
        const canonical = accepted[0]!.configuration;
        const again = canonicalEvent(canonical as unknown as EventDocumentEntryBody);
        expect(configurationText(again)).toBe(configurationText(canonical));
        expect(check({ ...canonical, status: 'scheduled' }).accepted[0]?.configuration).toEqual(again);
        expect(normalForm('events', event)).toEqual(normalForm('events', { ...canonical, status: 'scheduled' }));
        expect(eventDefinition(canonical, 1).revision).toBe(1);
      }),
      { numRuns: 200 },
    );
  });

  it('may become any other while it is a draft, and keeps its key, type and mode once published', () => {
    fc.assert(
      fc.property(anyEvent().map(received), anyEvent().map(received), (one, other) => {
        const [before, after] = [check(one).accepted[0]!.configuration, check(other).accepted[0]!.configuration];
        const issuesOf = (status: 'draft' | 'scheduled') =>
          editIssues({ status, configuration: before, hasOpened: false }, after, status, 'event');
        expect(issuesOf('draft')).toEqual([]);
        const isSameType = (before.metrics?.length === 1) === (after.metrics?.length === 1);
        const isSameMode = before.availability?.mode === after.availability?.mode;
        expect(issuesOf('scheduled')).toHaveLength(Number(!isSameType) + Number(!isSameMode));
      }),
      { numRuns: 100 },
    );
  });
});

describe('any event that is bent', () => {
  const junk = fc.oneof(
    fc.constantFrom<unknown>(null, true, -1, 0, 1.5, 1e300, '', 'x', '__proto__', 'constructor', [], {}, [null], [[]]),
    fc.jsonValue({ maxDepth: 3 }),
    fc.integer({ min: 10, max: 3_000 }).map(nestedNots),
    fc.constantFrom(...'toString hasOwnProperty __proto__'.split(' ')).map((name) => ({ type: name, [name]: 1 })),
    fc.constantFrom({ type: 'not', condition: null }, { type: 'and', conditions: [null, 1, 'x', [], { type: 'or' }] }),
  );
  const change = fc.record({ at: fc.nat(), kind: fc.constantFrom('replace', 'remove', 'add', 'repeat'), value: junk });

  it('is refused with places, or taken; never a throw', () => {
    fc.assert(
      fc.property(anyEvent().map(received), fc.array(change, { minLength: 1, maxLength: 3 }), (event, changes) => {
        const bent = received(changes.reduce<unknown>(bend, event));
        const { issues, accepted, warnings } = check(bent);
        expect(issues.length === 0).toBe(accepted.length === 1);
        expect(issues.every(({ path, code, message }) => path.startsWith('events') && code && message)).toBe(true);
        expect(warnings.every(({ code }) => code.length > 0)).toBe(true);
        for (const { configuration } of accepted) eventDefinition(configuration, 1);
      }),
      { numRuns: 600 },
    );
  });
});

interface Change {
  at: number;
  kind: string;
  value: unknown;
}

/** Changes one place of a JSON value. */
function bend(root: unknown, { at, kind, value }: Change): unknown {
  const copy = received(root);
  const places = placesIn(copy);
  const place = places[at % Math.max(1, places.length)];
  if (place === undefined) return value;
  const { holder, name } = place;
  if (kind === 'replace') holder[name] = value;
  if (kind === 'remove') Reflect.deleteProperty(holder, name);
  if (kind === 'add') Object.assign(holder, Array.isArray(holder) ? [value] : { extra: value });
  if (kind === 'repeat' && Array.isArray(holder)) holder.push(...(holder as unknown[]));
  return copy;
}

function placesIn(value: unknown): { holder: Record<string, unknown>; name: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((name) => [{ holder, name }, ...placesIn(holder[name])]);
}

/** As deep as JSON over the API gets, and far deeper than a condition may be. */
function nestedNots(levels: number): unknown {
  let condition: unknown = { type: 'always' };
  for (let level = 0; level < Math.min(levels, 30); level += 1) condition = { type: 'not', condition };
  return condition;
}
