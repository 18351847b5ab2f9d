import type { Sections } from '@kraty/contracts/configuration';
import { checkEvents } from './check-events.js';
import type { StandingEvent } from './event-edit.js';

const desired: Sections = {
  itemTypes: [],
  items: [{ key: 'bait', name: 'Bait' }],
  currencies: [{ key: 'pearls', name: 'Pearls', kind: 'currency' }],
  rewardBundles: [{ key: 'prize', name: 'Prize', entries: [] }],
  rewardTables: [],
  identityPools: [],
  bots: [],
  leaderboards: [],
  events: [],
};
const nowMs = Date.parse('2026-06-01T12:00:00Z');
const whole = {
  key: 'crab_sprint',
  status: 'scheduled',
  availability: { mode: 'always_on' },
  metrics: [{ key: 'shells' }],
};

function check(upsert: unknown, standing: Record<string, StandingEvent> = {}) {
  const events = [upsert] as Sections['events'];
  const asked = { upserts: events, archives: [], desired: { ...desired, events }, nowMs };
  return checkEvents({ ...asked, standing: new Map(Object.entries(standing)) });
}

/** `path code` of every issue, without the name of the event. */
const issuesOf = (upsert: unknown): string[] =>
  check(upsert).issues.map(({ path, code }) => `${path.replace(/^events\[[^\]]*\]\.?/, '')} ${code}`);

const window = { startTime: '20:00', durationSeconds: 3_600 };
const recurring = (rule: object, rest: object = {}) => ({
  ...whole,
  availability: { mode: 'recurring_windows', timezone: 'UTC', windows: [{ ...window, ...rule }], ...rest },
});

describe('an event of a document', () => {
  it('is taken when it is whole, or a draft of nothing but a key', () => {
    expect(issuesOf(whole)).toEqual([]);
    expect(issuesOf({ key: 'later' })).toEqual([]);
  });

  it('takes no list where an object is meant', () => {
    expect(issuesOf({ ...whole, metrics: [[{ key: 'shells' }]] })).toEqual(['metrics type']);
    const nested = { ...recurring({}).availability, windows: [[window]] };
    expect(issuesOf({ ...whole, availability: nested })).toEqual(['availability.windows type']);
    const parameters = { entries: [[{ type: 'currency', currencyKey: 'pearls', amount: 1 }]] };
    expect(issuesOf({ ...whole, rewardPolicy: { type: 'fixed_bundle', parameters } })).toEqual([
      'rewardPolicy.parameters.entries type',
    ]);
  });

  it('keeps fields of free maps whatever their names', () => {
    const odd = { toString: 1, valueOf: 'x', hasOwnProperty: true };
    const entries = [{ type: 'item', itemKey: 'bait', quantity: 1, parameters: odd }];
    const event = { ...whole, metadata: odd, rewardPolicy: { type: 'fixed_bundle', parameters: { entries } } };
    const [accepted] = check(event).accepted;
    expect(accepted?.configuration.metadata).toEqual(odd);
    expect(accepted?.configuration.rewardPolicy).toEqual({ type: 'fixed_bundle', parameters: { entries } });
  });

  it('refuses a payout that nobody could claim, or that is too large to be read', () => {
    const paying = (entry: object, count: number) => {
      const parameters = { entries: Array.from({ length: count }, () => entry) };
      return { ...whole, rewardPolicy: { type: 'fixed_bundle', parameters } };
    };
    const most = { type: 'currency', currencyKey: 'pearls', amount: { min: 0, max: 2_147_483_647 } };
    expect(issuesOf(paying(most, 1))).toEqual([]);
    expect(issuesOf(paying(most, 2))).toEqual(['rewardPolicy.parameters.entries range']);
    const fat = { type: 'item', itemKey: 'bait', quantity: 1, parameters: { a: 'x'.repeat(4_000) } };
    expect(issuesOf(paying(fat, 20))).toEqual(['rewardPolicy.parameters.entries length']);
  });

  it('refuses what would make the listing too large, however small each part is', () => {
    const entries = [{ type: 'item' as const, itemKey: 'bait', quantity: 1, parameters: { a: 'x'.repeat(4_000) } }];
    const fat = { key: 'fat', name: 'Fat', entries: Array.from({ length: 15 }, () => entries[0]!) };
    const rewardPolicy = { type: 'fixed_bundle', parameters: { rewardBundleKey: 'fat' } };
    const listed = (count: number) => {
      const events = Array.from({ length: count }, (_, at) => ({ ...whole, key: `e${at}`, rewardPolicy }));
      const game = { ...desired, rewardBundles: [fat], events: events as unknown as Sections['events'] };
      return checkEvents({ upserts: events, archives: [], desired: game, standing: new Map(), nowMs }).issues;
    };
    expect(listed(20)).toEqual([]);
    expect(listed(200)).toMatchObject([{ path: 'events', code: 'length' }]);
  });

  it('refuses instants that no client can read', () => {
    const availability = {
      mode: 'fixed_window',
      startsAt: '0000-01-01T00:00:00Z',
      endsAt: '9999-12-31T23:59:59-12:00',
    };
    expect(issuesOf({ ...whole, availability })).toEqual([
      'availability.startsAt format',
      'availability.endsAt format',
    ]);
  });

  it.each([['session', { endWhen: [{ type: 'all_finished' }] }, null]])(
    'may leave %s empty, and cannot fill it yet',
    (field, filled, empty) => {
      expect(issuesOf({ ...whole, [field]: filled })).toEqual([`${field} unsupported`]);
      expect(issuesOf({ ...whole, [field]: empty })).toEqual([]);
      expect(check({ ...whole, [field]: empty }).accepted[0]?.configuration).not.toHaveProperty(field);
    },
  );

  it.each([
    ['leaderboard.mode', { leaderboard: { mode: 'lobby_matched' } }],
    ['leaderboard.fillTimeoutSeconds', { leaderboard: { mode: 'global', fillTimeoutSeconds: 30 } }],
    ['leaderboard.fillBots', { leaderboard: { mode: 'grouped', fillBots: false } }],
    ['leaderboard.matchmaking', { leaderboard: { mode: 'grouped', matchmaking: 'auto' } }],
    ['availability.mode', { availability: { mode: 'personal_windows', durationSeconds: 60 } }],
    ['availability.mode', { availability: { mode: 'local_calendar', timezone: 'UTC', windows: [window] } }],
  ])('cannot use %s yet', (path, part) => {
    expect(issuesOf({ ...whole, ...part })).toEqual([`${path} unsupported`]);
  });

  it.each([
    ['metrics required', { ...whole, metrics: [] }],
    ['availability required', { key: 'x', status: 'scheduled', metrics: [{ key: 'shells' }] }],
    ['type conflict', { ...whole, type: 'single_metric', metrics: [{ key: 'a' }, { key: 'b' }] }],
    ['metrics[1].key duplicate', { ...whole, metrics: [{ key: 'a' }, { key: 'a' }] }],
    ['metrics[0].key format', { ...whole, metrics: [{ key: '0a' }] }],
    ['metrics[0].target range', { ...whole, metrics: [{ key: 'a', target: 0 }] }],
    ['metrics[0].capAtTarget conflict', { ...whole, metrics: [{ key: 'a', capAtTarget: true }] }],
    ['metrics[0].scoreWeight conflict', { ...whole, metrics: [{ key: 'a', scorePerUnit: 1, scoreWeight: 2 }] }],
    ['metrics[0].resetOn.metricKey conflict', { ...whole, metrics: [{ key: 'a', resetOn: { metricKey: 'a' } }] }],
    [
      'metrics[0].resetOn.metricKey unknown_reference',
      { ...whole, metrics: [{ key: 'a', resetOn: { metricKey: 'b' } }] },
    ],
    ['availability.timezone unknown_reference', recurring({}, { timezone: 'Mars/Olympus' })],
    ['availability.windows[0].startTime format', recurring({ startTime: '24:00' })],
    ['availability.windows[0].durationSeconds range', recurring({ durationSeconds: 59 })],
    ['availability.windows[0].daysOfWeek range', recurring({ daysOfWeek: [7] })],
    ['availability.windows[0].daysOfWeek duplicate', recurring({ daysOfWeek: [1, 1] })],
    ['availability.windows[0].daysOfMonth conflict', recurring({ daysOfWeek: [1], daysOfMonth: [1] })],
    ['availability.windows[0].daysOfMonth range', recurring({ daysOfMonth: [0] })],
    ['availability.startsOn format', recurring({}, { startsOn: '2026-02-30' })],
    ['availability.endsOn range', recurring({}, { startsOn: '2026-02-02', endsOn: '2026-02-01' })],
    ['availability.startsAt unknown_field', recurring({}, { startsAt: '2026-02-02T00:00:00Z' })],
    [
      'availability.endsAt range',
      {
        ...whole,
        availability: { mode: 'fixed_window', startsAt: '2026-02-02T00:00:00Z', endsAt: '2026-02-02T00:00:00Z' },
      },
    ],
    [
      'availability.endsAt required',
      { ...whole, availability: { mode: 'fixed_window', startsAt: '2026-02-02T00:00:00Z' } },
    ],
    ['attempt.maxAttemptsPerDay range', { ...whole, attempt: { maxAttemptsPerDay: 0 } }],
    ['scheduleAheadDays range', { ...whole, scheduleAheadDays: 366 }],
    ['typo unknown_field', { ...whole, typo: 1 }],
    [
      'rewardPolicy.parameters.rewardBundleKey unknown_reference',
      { ...whole, rewardPolicy: { type: 'fixed_bundle', parameters: { rewardBundleKey: 'gone' } } },
    ],
    ['rewardPolicy.parameters conflict', { ...whole, rewardPolicy: { type: 'fixed_bundle', parameters: {} } }],
    ['rewardPolicy.parameters required', { ...whole, rewardPolicy: { type: 'fixed_bundle' } }],
    [
      'rewardPolicy.parameters.entries[0].currencyKey unknown_reference',
      {
        ...whole,
        rewardPolicy: {
          type: 'fixed_bundle',
          parameters: { entries: [{ type: 'currency', currencyKey: 'gold', amount: 1 }] },
        },
      },
    ],
  ])('is refused for %s', (expected, event) => {
    expect(issuesOf(event)).toEqual([expected]);
  });

  it('is refused, not stored, when it holds what the database cannot', () => {
    expect(issuesOf({ ...whole, metadata: { note: 'a\u0000b' } })).toEqual([' format']);
    expect(issuesOf({ ...whole, metadata: { note: 'a\\u0000b' } })).toEqual([]);
    expect(issuesOf('crab')).toEqual([' type']);
  });

  it('is saved with a warning when it is probably not what is meant', () => {
    const codes = (event: object) => check(event).warnings.map(({ code }) => code);
    expect(codes(recurring({ durationSeconds: 90_000 }))).toEqual(['window_overlap']);
    expect(
      codes(recurring({ durationSeconds: 86_400, durationMode: 'elapsed' }, { timezone: 'America/New_York' })),
    ).toEqual([]);
    expect(codes(recurring({}, { endsOn: '2026-05-01' }))).toEqual(['no_upcoming_window']);
  });

  it('keeps what a published event may not change', () => {
    const configuration = {
      key: 'crab_sprint',
      availability: { mode: 'always_on' as const },
      metrics: [{ key: 'shells' }],
    };
    const finalized: StandingEvent = { status: 'finalized', configuration, hasOpened: true };
    expect(check(whole, { crab_sprint: finalized }).issues).toEqual([]);
    expect(check({ ...whole, description: 'new' }, { crab_sprint: finalized }).issues).toMatchObject([
      { code: 'conflict' },
    ]);
    const live: StandingEvent = { ...finalized, status: 'live' };
    expect(check({ ...whole, description: 'new' }, { crab_sprint: live }).issues).toEqual([]);
  });

  it('is warned of when the game has come to what nobody can pay, and refused when it is saved again', () => {
    const costly = { ...whole, entryCost: { currencies: [{ key: 'pearls', amount: 5 }] } };
    const events = [costly] as unknown as Sections['events'];
    const follower = { key: 'pearls', name: 'Pearls', kind: 'progression', derivedFrom: { sourceKey: 'xp' } };
    const warned = (around: Partial<Parameters<typeof checkEvents>[0]>, upserts: unknown[] = []) => {
      const asked = { upserts, archives: [], desired: { ...desired, events }, standing: new Map(), nowMs };
      const { issues, warnings } = checkEvents({ ...asked, ...around });
      return [...issues, ...warnings].map(({ path, code }) => `${path} ${code}`);
    };
    const studio = { settings: { inventoryManagement: 'studio' as const } };
    const derived = { desired: { ...desired, events, currencies: [follower] } as unknown as Sections };
    expect(warned({})).toEqual([]);
    expect(warned(studio)).toEqual(['events[crab_sprint].entryCost entry_cost_not_takable']);
    expect(warned(derived)).toEqual(['events[crab_sprint].entryCost.currencies[0].key entry_cost_not_takable']);
    expect(warned(studio, [costly])).toEqual(['events[crab_sprint].entryCost conflict']);
    expect(warned(derived, [costly])).toEqual(['events[crab_sprint].entryCost.currencies[0].key conflict']);
  });
});
