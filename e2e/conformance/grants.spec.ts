import { MovableClock } from '@kraty/platform/clock';
import type { Answer, Player, World } from '@kraty/testing/world';
import {
  atOnce,
  balances,
  configure,
  data,
  dayMs,
  expectError,
  hourMs,
  iso,
  progress,
  start,
  startWorld,
  uuid,
} from './client.fixture.js';
import type { Attempt, Grant } from './client.fixture.js';

const clock = new MovableClock(new Date('2026-06-01T12:00:00.000Z'));
const event = (key: string, parameters: object) => ({
  key,
  status: 'scheduled',
  availability: { mode: 'always_on' },
  metrics: [{ key: 'shells', target: 1 }],
  attempt: { replayableDuringWindow: true },
  rewardPolicy: { type: 'fixed_bundle', parameters },
});
const pearls = (amount: unknown) => ({ type: 'currency', currencyKey: 'pearls', amount });
const torch = (quantity: unknown, parameters?: object) => ({ type: 'item', itemKey: 'torch', quantity, parameters });
const game = {
  settings: { grantDefaultTtlDays: 2 },
  items: [{ key: 'torch', name: 'Torch', itemTypeKey: 'consumable' }],
  currencies: [
    { key: 'pearls', name: 'Pearls', kind: 'currency' },
    { key: 'full', name: 'Full', kind: 'currency', initialBalance: 2_147_483_600 },
  ],
  rewardBundles: [{ key: 'prize', name: 'Prize', entries: [pearls(20), torch(3, { lit: true, hue: 1 }), pearls(5)] }],
  events: [
    event('prize', { rewardBundleKey: 'prize' }),
    event('hue', { entries: [torch(1, { hue: 2 })] }),
    event('range', { entries: [pearls({ min: 10, max: 25, step: 10 }), torch({ min: 0, max: 1 })] }),
    event('nothing', { entries: [pearls({ min: 0, max: 1 })] }),
    event('over', { entries: [pearls(1), { type: 'currency', currencyKey: 'full', amount: 48 }] }),
  ],
};

let world: World;

beforeAll(async () => {
  world = await startWorld(game, { clock });
});

afterAll(async () => {
  await world.stop();
});

/** Completes a fresh attempt. */
const win = async (player: Player, key = 'prize'): Promise<Attempt> => {
  const attempt = await start(player, key);
  expect(data(await progress(player, key, attempt, { mode: 'set', metricValue: 1 }))).toMatchObject({
    attempt: { status: 'completed' },
  });
  return attempt;
};
const pending = async (player: Player, query = ''): Promise<Grant[]> =>
  data<Grant[]>(await player.get(`/pending-grants${query}`));
const claim = (player: Player, grant: { id: string }, body?: object): Promise<Answer> =>
  player.post(`/grants/${grant.id}/claim`, body);

describe('02 §5 pending grants', () => {
  it('a registered player who never played gets []', async () => {
    expect(await pending(await world.player('newcomer'))).toEqual([]);
  });

  it('every field of a completion grant, at once after the completing write; entries are not merged', async () => {
    const mira = await world.player('mira');
    const attempt = await win(mira);
    const [grant, ...more] = await pending(mira);
    expect(more).toEqual([]);
    expect(grant).toEqual({
      id: uuid,
      kind: 'reward',
      contents: {
        entries: [
          { type: 'currency', currencyKey: 'pearls', amount: 20 },
          { type: 'item', itemKey: 'torch', quantity: 3, parameters: { lit: true, hue: 1 } },
          { type: 'currency', currencyKey: 'pearls', amount: 5 },
        ],
      },
      sourceKind: 'event_completion',
      sourceRefId: attempt.id,
      parentGrantId: null,
      status: 'pending',
      rolledAt: iso,
      claimedAt: null,
      expiresAt: new Date(Date.parse(grant!.createdAt) + 2 * dayMs).toISOString(),
      createdAt: iso,
      ackedBy: null,
    });
  });

  it('newest first (createdAt, then id, descending), limit from the newest; a replayable event pays each completion', async () => {
    const mira = await world.player('collector');
    const attempts: string[] = [];
    for (const stepMs of [0, 0, 1, 1000, 0]) {
      clock.advance(stepMs);
      attempts.push((await win(mira)).id);
    }
    const grants = await pending(mira);
    const ordered = grants.toSorted((a, b) =>
      a.createdAt === b.createdAt ? (a.id < b.id ? 1 : -1) : a.createdAt < b.createdAt ? 1 : -1,
    );
    expect(grants).toEqual(ordered);
    expect(new Set((grants as unknown as { sourceRefId: string }[]).map((g) => g.sourceRefId))).toEqual(
      new Set(attempts),
    );
    expect(await pending(mira, '?limit=2')).toEqual(grants.slice(0, 2));
  });

  it('limit 50 by default, up to 200', async () => {
    const mira = await world.player('hoarder');
    for (let round = 0; round < 52; round += 1) await win(mira, 'hue');
    const all = await pending(mira, '?limit=200');
    expect(all).toHaveLength(52);
    expect(await pending(mira)).toEqual(all.slice(0, 50));
  });

  it('07 §2: ranges are drawn within their buckets, one that draws 0 drops its entry', async () => {
    const mira = await world.player('roller');
    for (let round = 0; round < 12; round += 1) await win(mira, 'range');
    for (const { contents } of await pending(mira)) {
      const [first, ...rest] = contents.entries;
      expect([10, 20, 25]).toContain(first!['amount']);
      expect(Object.keys(first!).toSorted()).toEqual(['amount', 'currencyKey', 'type']);
      if (rest.length > 0) expect(rest).toEqual([{ type: 'item', itemKey: 'torch', quantity: 1 }]);
    }
  });

  it('07 §5.2: nothing rolled at all, no grant', async () => {
    const mira = await world.player('unlucky');
    // Each win rolls something with probability 1/2: all of so many never do.
    const wins = 20;
    for (let round = 0; round < wins; round += 1) await win(mira, 'nothing');
    const grants = await pending(mira);
    expect(grants.length).toBeLessThan(wins);
    for (const { contents } of grants) expect(contents.entries).toEqual([pearls(1)]);
  });
});

describe('02 §6.1 claim', () => {
  it('200 with the row after the claim; the entries are deposited in the same step, summed by resource', async () => {
    const mira = await world.player('claimer');
    await win(mira);
    const [grant] = await pending(mira);
    clock.advance(1_000);
    const claimedAt = clock.now().toISOString();
    expect(data(await claim(mira, grant!))).toEqual({ ...grant, status: 'claimed', claimedAt, ackedBy: 'sdk' });
    expect(await pending(mira)).toEqual([]);
    expect((await balances(mira))['pearls']).toBe(25);
    expect(data(await mira.get('/inventory'))).toMatchObject({
      items: [{ itemKey: 'torch', quantity: 3, metadata: { lit: true, hue: 1 } }],
    });
  });

  it('07 §11: parameters merge shallowly into the metadata of the holding, newer keys win', async () => {
    const mira = await world.player('merger');
    for (const key of ['prize', 'hue']) {
      await win(mira, key);
      data(await claim(mira, (await pending(mira))[0]!));
    }
    expect(data(await mira.get('/inventory'))).toMatchObject({
      items: [{ quantity: 4, metadata: { lit: true, hue: 2 } }],
    });
  });

  it('already claimed: 200, the row unchanged, whatever the key; nothing is deposited again', async () => {
    const mira = await world.player('repeater');
    await win(mira);
    const [grant] = await pending(mira);
    const first = await claim(mira, grant!, { idempotencyKey: 'a' });
    clock.advance(hourMs);
    for (const body of [
      { idempotencyKey: 'a' },
      { idempotencyKey: 'b' },
      {},
      undefined,
      { idempotencyKey: 'a', x: 1 },
    ]) {
      const again = await claim(mira, grant!, body);
      expect([again.status, again.text]).toEqual([200, first.text]);
    }
    clock.advance(30 * dayMs);
    expect((await claim(mira, grant!)).text).toBe(first.text);
    expect((await balances(mira))['pearls']).toBe(25);
  });

  it('body and content type are optional', async () => {
    const mira = await world.player('bodyless');
    await win(mira);
    const [grant] = await pending(mira);
    const path = `/sdk/v1/players/bodyless/grants/${grant!.id.toUpperCase()}/claim`;
    const answer = await world.call('POST', path, { secret: mira.secret });
    expect(data(answer)).toMatchObject({ id: grant!.id, status: 'claimed' });
  });

  it('50 concurrent claims: one effect, all answer 200 with the same row', async () => {
    const mira = await world.player('stampede');
    await win(mira);
    const [grant] = await pending(mira);
    const answers = await atOnce(50, (index) => claim(mira, grant!, index % 2 ? { idempotencyKey: `k${index}` } : {}));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect((await balances(mira))['pearls']).toBe(25);
    expect(data(await mira.get('/inventory'))).toMatchObject({ items: [{ quantity: 3 }] });
  });

  it('404, the same body: unknown, malformed, of another player', async () => {
    const [mira, tomo] = [await world.player('victim'), await world.player('robber')];
    await win(mira);
    const [grant] = await pending(mira);
    const unknown = await claim(tomo, { id: '01890000-0000-7000-8000-000000000000' });
    expectError(unknown, 404, 'not_found');
    expect((await claim(tomo, grant!)).text).toBe(unknown.text);
    expect((await claim(tomo, { id: 'malformed' })).text).toBe(unknown.text);
    expect(await pending(mira)).toEqual([grant]);
  });

  it('balance_limit: 409, the grant stays pending, nothing of it is deposited; once there is room it is paid', async () => {
    const mira = await world.player('rich');
    await win(mira, 'over');
    const [grant] = await pending(mira);
    const details = { reason: 'balance_limit', resource: 'full', max: 2_147_483_647, have: 2_147_483_600 };
    expectError(await claim(mira, grant!), 409, 'conflict', details);
    expect(await pending(mira)).toEqual([grant]);
    expect(await balances(mira)).toEqual({ full: 2_147_483_600 });
    data(await mira.post('/wallet/full/debit', { amount: 1 }));
    expect(data(await claim(mira, grant!))).toMatchObject({ status: 'claimed' });
    expect(await balances(mira)).toEqual({ full: 2_147_483_647, pearls: 1 });
  });

  it('grant_expired: at expiresAt it leaves the list and 409 answers the claim, for good', async () => {
    const mira = await world.player('late');
    await win(mira);
    const [grant] = await pending(mira);
    const { expiresAt } = grant!;
    clock.set(new Date(Date.parse(expiresAt!) - 1));
    expect(await pending(mira)).toEqual([grant]);
    clock.advance(1);
    expect(await pending(mira)).toEqual([]);
    const details = { reason: 'grant_expired', status: 'expired', expiresAt };
    expectError(await claim(mira, grant!), 409, 'conflict', details);
    clock.advance(dayMs);
    expectError(await claim(mira, grant!), 409, 'conflict', details);
    expect((await balances(mira))['pearls']).toBeUndefined();
  });

  it('under studio-managed inventory a claim flips the status and deposits nothing (moves the mode)', async () => {
    const mira = await world.player('studio');
    await win(mira);
    const [grant] = await pending(mira);
    await configure(world, { settings: { inventoryManagement: 'studio' } });
    expect(data(await claim(mira, grant!))).toMatchObject({ status: 'claimed', ackedBy: 'sdk' });
    expect(data(await mira.get('/wallet'))).toEqual({ wallet: [] });
    await configure(world, { settings: { inventoryManagement: 'platform' } });
    expect((await balances(mira))['pearls']).toBeUndefined();
    expect(data(await mira.get('/inventory'))).toEqual({ items: [] });
  });
});
