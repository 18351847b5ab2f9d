import { MovableClock } from '@kraty/platform/clock';
import type { Answer, Player, World } from '@kraty/testing/world';
import {
  atOnce,
  balances,
  configure,
  data,
  expectError,
  expectInvalid,
  finish,
  minuteMs,
  start,
  startWorld,
} from './client.fixture.js';
import type { Grant } from './client.fixture.js';

const openedAt = '2026-06-01T12:00:00.000Z';
const clock = new MovableClock(new Date(openedAt));
const game = {
  items: [
    { key: 'torch', name: 'Torch', itemTypeKey: 'consumable' },
    { key: 'Bait', name: 'Bait', itemTypeKey: 'consumable' },
    { key: 'rope', name: 'Rope', itemTypeKey: 'generic' },
  ],
  currencies: [
    { key: 'pearls', name: 'Pearls', kind: 'currency', initialBalance: 30 },
    { key: 'Amber', name: 'Amber', kind: 'currency', initialBalance: 2_147_483_647 },
    { key: 'gold', name: 'Gold', kind: 'currency' },
  ],
  events: [
    {
      key: 'sprint',
      status: 'scheduled',
      availability: { mode: 'always_on' },
      metrics: [{ key: 'shells' }],
      attempt: { replayableDuringWindow: true },
      rewardPolicy: {
        type: 'fixed_bundle',
        parameters: {
          entries: [
            { type: 'item', itemKey: 'torch', quantity: 3 },
            { type: 'item', itemKey: 'Bait', quantity: 2_147_483_647 },
            { type: 'item', itemKey: 'rope', quantity: 1 },
          ],
        },
      },
    },
  ],
};

let world: World;

beforeAll(async () => {
  world = await startWorld(game, { clock });
});

afterAll(async () => {
  await world.stop();
});

/** A player with 3 torches, a rope, and as much bait as can be held. */
const equipped = async (who: string): Promise<Player> => {
  const player = await world.player(who);
  await finish(player, 'sprint', await start(player, 'sprint'));
  const [grant] = data<Grant[]>(await player.get('/pending-grants'));
  data(await player.post(`/grants/${grant!.id}/claim`));
  return player;
};
const debit = (player: Player, key: string, body: object): Promise<Answer> => player.post(`/wallet/${key}/debit`, body);
const consume = (player: Player, key: string, body: object): Promise<Answer> =>
  player.post(`/inventory/${key}/consume`, body);
const items = async (player: Player): Promise<[string, number][]> =>
  data<{ items: { itemKey: string; quantity: number }[] }>(await player.get('/inventory')).items.map((item) => [
    item.itemKey,
    item.quantity,
  ]);

describe('02 §11.1 wallet', () => {
  it('lists every entry ever touched, sorted by key, every field; an initial balance is there from the first read', async () => {
    const mira = await world.player('mira');
    const entry = (economyKey: string, balance: number) => ({
      economyKey,
      balance,
      metadata: {},
      createdAt: clock.now().toISOString(),
      updatedAt: clock.now().toISOString(),
    });
    const first = data(await mira.get('/wallet'));
    expect(first).toEqual({ wallet: [entry('Amber', 2_147_483_647), entry('pearls', 30)] });
    clock.advance(minuteMs);
    expect(data(await mira.get('/wallet'))).toEqual(first);
    await debit(mira, 'pearls', { amount: 30 });
    const { wallet } = data<{ wallet: Record<string, unknown>[] }>(await mira.get('/wallet'));
    expect(wallet[1]).toMatchObject({ balance: 0, updatedAt: clock.now().toISOString() });
    expect(wallet[1]!['createdAt']).not.toBe(wallet[1]!['updatedAt']);
  });

  it('writes balances as integers without fraction or exponent', async () => {
    const mira = await world.player('integers');
    expect((await mira.get('/wallet')).text).toContain('"balance":2147483647');
  });
});

describe('02 §11.2 debit', () => {
  it('200 { economyKey, balance, applied }, balance = held after the call', async () => {
    const mira = await world.player('spender');
    expect(data(await debit(mira, 'pearls', { amount: 10 }))).toEqual({
      economyKey: 'pearls',
      balance: 20,
      applied: true,
    });
    const reasoned = await debit(mira, 'pearls', { amount: 20, reason: 'r'.repeat(200) });
    expect(data(reasoned)).toEqual({ economyKey: 'pearls', balance: 0, applied: true });
    const all = await debit(mira, 'Amber', { amount: 2_147_483_647 });
    expect(data(all)).toEqual({ economyKey: 'Amber', balance: 0, applied: true });
  });

  it('409 conflict when less is held, with reason, resource, needed and have; nothing changes', async () => {
    const mira = await world.player('short');
    const details = { reason: 'insufficient_balance', resource: 'pearls', needed: 50, have: 30 };
    expectError(await debit(mira, 'pearls', { amount: 50, reason: 'shop' }), 409, 'conflict', details);
    expect(await balances(mira)).toEqual({ Amber: 2_147_483_647, pearls: 30 });
  });

  it('unknown key: the same 409 with have 0; a refused operation makes no row', async () => {
    const mira = await world.player('unknown');
    for (const key of ['nope', 'gold', 'PEARLS', 'torch']) {
      const details = { reason: 'insufficient_balance', resource: key, needed: 1, have: 0 };
      expectError(await debit(mira, key, { amount: 1 }), 409, 'conflict', details);
    }
    expect(await balances(mira)).toEqual({ Amber: 2_147_483_647, pearls: 30 });
  });

  it('amount: integer 1 … 2 147 483 647, required', async () => {
    const mira = await world.player('bounds');
    for (const amount of [0, -1, 1.5, '1', null, undefined, 2_147_483_648, true, {}]) {
      expectInvalid(await debit(mira, 'pearls', { amount }), 'body.amount');
    }
    expectError(await debit(mira, 'pearls', { amount: 2_147_483_647 }), 409, 'conflict');
  });

  it('never below zero: 60 parallel debits of 1 on 30 are 30 × 200 and 30 × 409', async () => {
    const mira = await world.player('rush');
    const answers = await atOnce(60, () => debit(mira, 'pearls', { amount: 1 }));
    const applied = answers.filter(({ status }) => status === 200);
    const left = applied.map((answer) => data<{ balance: number }>(answer).balance).toSorted((a, b) => a - b);
    expect(left).toEqual(Array.from({ length: 30 }, (_, index) => index));
    for (const refused of answers.filter(({ status }) => status !== 200)) expectError(refused, 409, 'conflict');
    expect((await balances(mira))['pearls']).toBe(0);
  });
});

describe('02 §10.1 inventory', () => {
  it('{ items: [] } for who holds nothing', async () => {
    expect(data(await (await world.player('empty')).get('/inventory'))).toEqual({ items: [] });
  });

  it('lists what is held, sorted by key, every field', async () => {
    const mira = await equipped('holder');
    const now = clock.now().toISOString();
    const item = (itemKey: string, quantity: number) => ({
      itemKey,
      quantity,
      metadata: {},
      createdAt: now,
      updatedAt: now,
    });
    expect(data(await mira.get('/inventory'))).toEqual({
      items: [item('Bait', 2_147_483_647), item('rope', 1), item('torch', 3)],
    });
  });
});

describe('02 §10.2 consume', () => {
  it('200 { itemKey, quantity, applied }, quantity = held after the call; what is gone leaves the list', async () => {
    const mira = await equipped('eater');
    expect(data(await consume(mira, 'torch', { quantity: 2 }))).toEqual({
      itemKey: 'torch',
      quantity: 1,
      applied: true,
    });
    const last = await consume(mira, 'torch', { quantity: 1, reason: 'dark' });
    expect(data(last)).toEqual({ itemKey: 'torch', quantity: 0, applied: true });
    expect(await items(mira)).toEqual([
      ['Bait', 2_147_483_647],
      ['rope', 1],
    ]);
  });

  it('409 conflict when less is held, also for unknown items', async () => {
    const mira = await equipped('greedy');
    for (const [key, have] of [
      ['torch', 3],
      ['nope', 0],
      ['TORCH', 0],
      ['pearls', 0],
    ] as const) {
      const details = { reason: 'insufficient_balance', resource: key, needed: 4, have };
      expectError(await consume(mira, key, { quantity: 4 }), 409, 'conflict', details);
    }
    expect(await items(mira)).toContainEqual(['torch', 3]);
  });

  it('quantity: integer 1 … 2 147 483 647, required', async () => {
    const mira = await equipped('careful');
    for (const quantity of [0, -1, 0.5, '1', null, undefined, 2_147_483_648]) {
      expectInvalid(await consume(mira, 'torch', { quantity }), 'body.quantity');
    }
    expectError(await consume(mira, 'torch', { amount: 1 }), 400, 'validation_failed');
  });

  it('a deposit over the limit of a holding is refused whole (01 §5)', async () => {
    const mira = await equipped('hoarder');
    await finish(mira, 'sprint', await start(mira, 'sprint'));
    const [grant] = data<Grant[]>(await mira.get('/pending-grants'));
    const refused = await mira.post(`/grants/${grant!.id}/claim`);
    const details = { reason: 'balance_limit', resource: 'Bait', max: 2_147_483_647, have: 2_147_483_647 };
    expectError(refused, 409, 'conflict', details);
    expect(await items(mira)).toEqual([
      ['Bait', 2_147_483_647],
      ['rope', 1],
      ['torch', 3],
    ]);
  });
});

describe('08 §2 studio-managed inventory (moves the mode)', () => {
  it('lists are empty, debit and consume are 409 with have 0; nothing is deleted', async () => {
    const mira = await equipped('switched');
    await debit(mira, 'pearls', { amount: 1 });
    await configure(world, { settings: { inventoryManagement: 'studio' } });
    expect(data(await mira.get('/wallet'))).toEqual({ wallet: [] });
    expect(data(await mira.get('/inventory'))).toEqual({ items: [] });
    const short = { reason: 'insufficient_balance', needed: 1, have: 0 };
    expectError(await debit(mira, 'pearls', { amount: 1 }), 409, 'conflict', { ...short, resource: 'pearls' });
    expectError(await consume(mira, 'torch', { quantity: 1 }), 409, 'conflict', { ...short, resource: 'torch' });
    await configure(world, { settings: { inventoryManagement: 'platform' } });
    expect(await balances(mira)).toEqual({ Amber: 2_147_483_647, pearls: 29 });
    expect(await items(mira)).toHaveLength(3);
  });
});
