import { applyConfiguration, configurationDeadlineMs } from '@kraty/contracts/identity';
import type { Answer, Player, World } from '@kraty/testing/world';
import { balances, data, expectError, progress, start, startWorld, type Grant } from './client.fixture.js';

const item = (key: string) => ({ key, name: key, itemTypeKey: 'consumable' });
const currency = (key: string) => ({ key, name: key, kind: 'currency', initialBalance: 10 });
const sprint = {
  key: 'sprint',
  status: 'scheduled',
  availability: { mode: 'always_on' },
  metrics: [{ key: 'shells', target: 1 }],
  attempt: { replayableDuringWindow: true },
  rewardPolicy: { type: 'none' },
};
const paying = {
  type: 'fixed_bundle',
  parameters: {
    entries: [
      { type: 'currency', currencyKey: 'amber', amount: 5 },
      { type: 'item', itemKey: 'rope', quantity: 2 },
    ],
  },
};
const before = {
  items: [item('rope'), item('torch')],
  currencies: [currency('amber'), currency('pearls')],
  events: [{ ...sprint, key: 'gone', status: 'draft' }, sprint, { ...sprint, key: 'paying', rewardPolicy: paying }],
};

let world: World;
let mira: Player;
let grants: Grant[];

/** What the document does not name is archived. */
const mirror = async (document: Record<string, unknown>): Promise<void> => {
  const { operator, scope, messenger } = world;
  const whole = { apiVersion: 'kraty/v1', kind: 'GameConfig', game: { slug: 'game' }, ...document };
  const command = { operator, ...scope, document: whole, mode: 'mirror' as const, planHash: null, reason: 'clean up' };
  await messenger.request(applyConfiguration, command, { deadlineMs: configurationDeadlineMs });
};
const claim = (grant: Grant): Promise<Answer> => mira.post(`/grants/${grant.id}/claim`);

beforeAll(async () => {
  world = await startWorld(before);
  mira = await world.player('mira');
  for (let round = 0; round < 2; round += 1) {
    const attempt = await start(mira, 'paying');
    data(await progress(mira, 'paying', attempt, { mode: 'set', metricValue: 1 }));
  }
  grants = data<Grant[]>(await mira.get('/pending-grants'));
  data(await claim(grants[0]!));
  const kept = { ...sprint, key: 'paying' };
  await mirror({ items: [item('torch')], currencies: [currency('pearls')], events: [sprint, kept] });
});

afterAll(async () => {
  await world.stop();
});

describe('what an operator has archived', () => {
  it('02 §12: is left out of the catalog', async () => {
    const { items, currencies } = data<Record<string, { key: string }[]>>(await world.call('GET', '/sdk/v1/catalog'));
    expect([items!.map(({ key }) => key), currencies!.map(({ key }) => key)]).toEqual([['torch'], ['pearls']]);
  });

  it('02 §3: an archived event is 404, no longer event_disabled', async () => {
    expectError(await mira.post('/events/gone/start'), 404, 'not_found');
  });

  it('08 §1: archived keys keep their holdings and stay spendable', async () => {
    expect(await balances(mira)).toEqual({ amber: 15, pearls: 10 });
    expect(data(await mira.post('/wallet/amber/debit', { amount: 1 }))).toMatchObject({ balance: 14, applied: true });
    expect(data(await mira.post('/inventory/rope/consume', { quantity: 1 }))).toMatchObject({ quantity: 1 });
  });

  it('07 §11: a grant made before is still deposited', async () => {
    expect(data(await claim(grants[1]!))).toMatchObject({ status: 'claimed' });
    expect(await balances(mira)).toEqual({ amber: 19, pearls: 10 });
    expect(data(await mira.get('/inventory'))).toMatchObject({ items: [{ itemKey: 'rope', quantity: 3 }] });
  });

  it('08 §3: the initial balance of an archived currency is not given to who comes now', async () => {
    expect(await balances(await world.player('newcomer'))).toEqual({ pearls: 10 });
  });
});
