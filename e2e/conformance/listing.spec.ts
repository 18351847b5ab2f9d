import { MovableClock } from '@kraty/platform/clock';
import type { Player, World } from '@kraty/testing/world';
import { data, expectError, expectInvalid, finish, hourMs, start, startWorld, uuid } from './client.fixture.js';

/** Half a day before the first night of the table of 05 §2.3. */
const clock = new MovableClock(new Date('2026-03-06T12:00:00.000Z'));
const at = (instant: string): void => clock.set(new Date(instant));
const base = { status: 'scheduled', availability: { mode: 'always_on' }, metrics: [{ key: 'shells' }] };
const newYork = (startTime: string, durationSeconds: number, more: object = {}) => ({
  mode: 'recurring_windows',
  timezone: 'America/New_York',
  windows: [{ startTime, durationSeconds, ...more }],
});
const fixed = (startsAt: string, endsAt: string) => ({ mode: 'fixed_window', startsAt, endsAt });
const game = {
  items: [{ key: 'torch', name: 'Torch', itemTypeKey: 'consumable' }],
  currencies: [{ key: 'pearls', name: 'Pearls', kind: 'currency' }],
  rewardBundles: [
    {
      key: 'prize',
      name: { en: 'Prize', pt: 'Prémio' },
      entries: [
        { type: 'currency', currencyKey: 'pearls', amount: { min: 5, max: 50, step: 5 } },
        { type: 'item', itemKey: 'torch', quantity: 3, parameters: { lit: true } },
        { type: 'item', itemKey: 'torch', quantity: { min: 0, max: 2 } },
      ],
    },
  ],
  events: [
    { ...base, key: 'whole', name: { en: 'Whole' }, metadata: { tier: 'standard', ui: { a: 1, b: 2 } } },
    { ...base, key: 'a_draft', status: 'draft' },
    { ...base, key: 'later', availability: fixed('2026-03-07T00:00:00Z', '2026-03-07T06:00:00+00:00') },
    { ...base, key: 'bare' },
    { ...base, key: 'daily', availability: newYork('20:00', 86_400) },
    { ...base, key: 'gap', availability: newYork('02:30', 3_600) },
    { ...base, key: 'wide', availability: newYork('01:30', 7_200) },
    { ...base, key: 'counted', availability: newYork('01:30', 7_200, { durationMode: 'calendar' }) },
    {
      ...base,
      key: 'noon',
      metadata: { tier: 'standard', ui: { a: 1, b: 2 } },
      availability: {
        mode: 'recurring_windows',
        timezone: 'UTC',
        windows: [{ startTime: '12:00', durationSeconds: 3600 }],
      },
    },
    {
      ...base,
      key: 'rich',
      type: 'multi_metric',
      metrics: [
        { key: 'streak', target: 5, capAtTarget: true, resetOn: { metricKey: 'losses' } },
        { key: 'losses' },
        { key: 'coins', cap: 500, scoreWeight: 0.5 },
      ],
      rewardPolicy: { type: 'fixed_bundle', parameters: { rewardBundleKey: 'prize' } },
    },
    {
      ...base,
      key: 'inline',
      rewardPolicy: {
        type: 'fixed_bundle',
        parameters: { entries: [{ type: 'currency', currencyKey: 'pearls', amount: { min: 1, max: 6 } }] },
      },
    },
  ],
};

interface Listing {
  eventKey: string;
  windowId: string;
  startsAt: string;
  endsAt: string;
  leaderboardId: string | null;
  currentAttemptId: string | null;
  metrics: Record<string, unknown>[];
  rewardPolicy: Record<string, unknown>;
  metadata: unknown;
  [field: string]: unknown;
}

let world: World;
let mira: Player;

beforeAll(async () => {
  world = await startWorld(game, { clock });
  mira = await world.player('mira');
});

afterAll(async () => {
  await world.stop();
});

const list = async (player = 'mira'): Promise<Listing[]> =>
  data<Listing[]>(await world.call('GET', `/sdk/v1/players/${player}/events`));
const one = async (key: string, player = 'mira'): Promise<Listing | undefined> =>
  (await list(player)).find(({ eventKey }) => eventKey === key);
const window = async (key: string): Promise<string> => {
  const { startsAt, endsAt } = (await one(key)) ?? {};
  return `${startsAt} ${endsAt}`;
};

describe('02 §2 the listing', () => {
  it('shows every field, with what is not configured in its default form', async () => {
    expect(await one('bare')).toEqual({
      eventKey: 'bare',
      name: 'bare',
      windowId: uuid,
      startsAt: '2026-03-06T12:00:00.000Z',
      endsAt: '9999-12-31T23:59:59.000Z',
      leaderboardId: uuid,
      currentAttemptId: null,
      type: 'single_metric',
      leaderboardMode: 'global',
      metrics: [{ key: 'shells', scorePerUnit: 1, scoreWeight: 1 }],
      entryRequirement: null,
      entryCost: null,
      metadata: {},
      milestoneRewards: [],
      rewardPolicy: { type: 'none' },
    });
    expect(await one('whole')).toMatchObject({
      name: { en: 'Whole' },
      metadata: { tier: 'standard', ui: { a: 1, b: 2 } },
    });
  });

  it('prints metric definitions as configured, both names of the weight with the same number (05 §4)', async () => {
    const rich = (await one('rich'))!;
    expect(rich).toMatchObject({ type: 'multi_metric' });
    expect(rich.metrics.map(({ capAtTarget, ...rest }) => [capAtTarget ?? false, rest])).toEqual([
      [true, { key: 'streak', target: 5, resetOn: { metricKey: 'losses' }, scorePerUnit: 1, scoreWeight: 1 }],
      [false, { key: 'losses', scorePerUnit: 0, scoreWeight: 0 }],
      [false, { key: 'coins', cap: 500, scorePerUnit: 0.5, scoreWeight: 0.5 }],
    ]);
  });

  it('previews a bundle: a range as its max plus range, randomEntries 0 without tables', async () => {
    expect((await one('rich'))!.rewardPolicy).toEqual({
      type: 'fixed_bundle',
      bundle: {
        key: 'prize',
        name: { en: 'Prize', pt: 'Prémio' },
        entries: [
          { type: 'currency', currencyKey: 'pearls', amount: 50, range: { min: 5, max: 50, step: 5 } },
          { type: 'item', itemKey: 'torch', quantity: 3, parameters: { lit: true } },
          { type: 'item', itemKey: 'torch', quantity: 2, range: { min: 0, max: 2, step: 1 } },
        ],
        randomEntries: 0,
      },
    });
    expect((await one('inline'))!.rewardPolicy).toEqual({
      type: 'fixed_bundle',
      bundle: {
        key: '',
        name: null,
        entries: [{ type: 'currency', currencyKey: 'pearls', amount: 6, range: { min: 1, max: 6, step: 1 } }],
        randomEntries: 0,
      },
    });
  });

  it('status: active is the only value', async () => {
    expect((await mira.get('/events?status=active')).status).toBe(200);
    for (const status of ['draft', 'ACTIVE', 'all'])
      expectInvalid(await mira.get(`/events?status=${status}`), 'query.status');
  });

  it('is ordered by endsAt, then eventKey, and leaves out drafts and events without an open window', async () => {
    at('2026-03-07T00:30:00.000Z');
    expect((await list()).map(({ eventKey }) => eventKey)).toEqual([
      'daily',
      'later',
      'bare',
      'inline',
      'rich',
      'whole',
    ]);
  });

  it('of an unknown player is that of a new player, and makes no player row', async () => {
    expect(await list('nobody')).toEqual(await list('mira'));
    expectError(await world.as('nobody', mira.secret).post('/events/bare/start'), 401, 'player_secret_invalid');
    expect((await world.call('POST', '/sdk/v1/players/nobody/register')).status).toBe(201);
  });

  it('names the attempt in progress and the board that start gives', async () => {
    const attempt = await start(mira, 'bare');
    expect(await one('bare')).toMatchObject({ currentAttemptId: attempt.id, leaderboardId: attempt.leaderboardId });
    expect(await one('bare', 'nobody')).toMatchObject({ currentAttemptId: null, leaderboardId: attempt.leaderboardId });
    await finish(mira, 'bare', attempt);
    expect(await one('bare')).toMatchObject({ currentAttemptId: null });
  });

  it('a window is open iff startsAt <= now < endsAt, by the clock (05 §0)', async () => {
    at('2026-03-07T05:59:59.999Z');
    expect(await window('later')).toBe('2026-03-07T00:00:00.000Z 2026-03-07T06:00:00.000Z');
    at('2026-03-07T06:00:00.000Z');
    expect(await one('later')).toBeUndefined();
  });
});

describe('05 §2.3 windows across the spring night of New York', () => {
  it('the day before the change is cut to 23 hours: neither holes nor overlaps', async () => {
    at('2026-03-08T00:59:59.999Z');
    expect(await window('daily')).toBe('2026-03-07T01:00:00.000Z 2026-03-08T01:00:00.000Z');
    const before = (await one('daily'))!;
    at('2026-03-08T01:00:00.000Z');
    expect(await window('daily')).toBe('2026-03-08T01:00:00.000Z 2026-03-09T00:00:00.000Z');
    const after = (await one('daily'))!;
    expect(after.windowId).not.toBe(before.windowId);
    expect(after.leaderboardId).not.toBe(before.leaderboardId);
  });

  it('elapsed and calendar ends, and a wall time that does not exist, are as the table says', async () => {
    at('2026-03-08T06:30:00.000Z');
    expect(await window('wide')).toBe('2026-03-08T06:30:00.000Z 2026-03-08T08:30:00.000Z');
    expect(await window('counted')).toBe('2026-03-08T06:30:00.000Z 2026-03-08T07:30:00.000Z');
    expect(await one('gap')).toBeUndefined();
    at('2026-03-08T07:30:00.000Z');
    expect(await one('counted')).toBeUndefined();
    expect(await window('gap')).toBe('2026-03-08T07:30:00.000Z 2026-03-08T08:30:00.000Z');
  });
});

describe('05 §3 and §16 metadata', () => {
  it('is the baseline alone where a window has no override; an edit shows at once, also in an open window', async () => {
    at('2026-03-08T12:00:00.000Z');
    const before = (await one('noon'))!;
    expect(before.metadata).toEqual({ tier: 'standard', ui: { a: 1, b: 2 } });
    const noon = game.events.find(({ key }) => key === 'noon')!;
    await world.configure({ events: [{ ...noon, metadata: { tier: null, banner: 'lava', ui: { a: 9 } } }] });
    const after = (await one('noon'))!;
    expect(after.metadata).toEqual({ tier: null, banner: 'lava', ui: { a: 9 } });
    expect(after.windowId).toBe(before.windowId);
    at('2026-03-09T00:00:00.000Z');
    expect(await window('daily')).toBe('2026-03-09T00:00:00.000Z 2026-03-10T00:00:00.000Z');
    clock.advance(12 * hourMs);
    expect((await one('noon'))!.metadata).toEqual({ tier: null, banner: 'lava', ui: { a: 9 } });
  });
});
