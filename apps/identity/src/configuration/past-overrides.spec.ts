import type { EventDocumentEntry, WindowOverride } from '@kraty/contracts/events';
import { document } from './documents.fixture.js';
import { withoutPastOverrides } from './past-overrides.js';

const nowMs = Date.parse('2026-06-03T12:00:00Z');
const override = (startsAt: string): WindowOverride => ({ startsAt, metadata: { tier: 'boss' } });
const overrides = ['2026-06-02T10:00:00.000Z', '2026-06-03T10:00:00Z', '2026-06-04T12:00:00+02:00'].map(override);
const race = (windowOverrides?: WindowOverride[]): EventDocumentEntry => ({
  key: 'race',
  status: 'scheduled',
  ...(windowOverrides === undefined ? {} : { windowOverrides }),
});
const kept = (event: EventDocumentEntry, standing: EventDocumentEntry[], runningWindows?: Record<string, string>) =>
  withoutPastOverrides(document('g', { events: [event] }), { events: standing, runningWindows, nowMs });

it('leaves out what is said of windows before the running one, and says so', () => {
  const { document: left, warnings } = kept(race(overrides), [race()], { race: '2026-06-03T10:00:00.000Z' });
  expect(left.events).toEqual([race(overrides.slice(1))]);
  expect(warnings).toMatchObject([
    { code: 'window_override_past', path: 'events[race].windowOverrides[2026-06-02T10:00:00.000Z]' },
  ]);
});

it('leaves out everything before now while no window runs', () => {
  expect(kept(race(overrides), [race()]).document.events).toEqual([race(overrides.slice(2))]);
});

it.each<[string, EventDocumentEntry[]]>([
  ['an event that the game does not have', []],
  ['a draft, which has no windows yet', [{ key: 'race' }]],
])('leaves it to the owner to judge %s', (_, standing) => {
  expect(kept(race(overrides), standing)).toEqual({
    document: document('g', { events: [race(overrides)] }),
    warnings: [],
  });
});

it('leaves documents alone that say nothing of windows', () => {
  expect(kept(race(), [race()])).toEqual({ document: document('g', { events: [race()] }), warnings: [] });
  const nothing = document('g');
  delete nothing.events;
  expect(withoutPastOverrides(nothing, { events: [], runningWindows: {}, nowMs }).document).toEqual(nothing);
});
