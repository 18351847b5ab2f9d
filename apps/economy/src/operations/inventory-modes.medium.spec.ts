import { randomUUID } from 'node:crypto';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { importHoldings, listInventory, listWallet, progressWallet } from '@kraty/contracts/economy';
import type { InventoryManagement } from '@kraty/contracts/identity';
import { eventually } from '@kraty/testing/harness';
import { EconomyWorld, gold, operator } from '../testing/economy-world.fixture.js';

const xp = { key: 'xp', name: 'Experience', kind: 'progression' as const, clientWritable: true };
const catalog = { items: [{ key: 'bow', name: 'Bow' }], currencies: [gold, xp] };
const apiKeyPrefix = 'sabcdefg';

type Act = (world: EconomyWorld, scope: Scope, player: PlayerRef) => Promise<unknown>;
type Outcome = object | { refused: object };

const credit = { type: 'economy' as const, key: 'gold', delta: 5 };
const acts: Record<string, Act> = {
  inventory: (world, scope, { playerId }) => world.messenger.request(listInventory, { scope, playerId }),
  wallet: (world, scope, player) => world.messenger.request(listWallet, { scope, ...player }),
  consume: (world, scope, player) => world.consume(scope, player, 'bow', 1),
  debit: (world, scope, player) => world.debit(scope, player, 1),
  progress: (world, scope, player) => {
    const command = { scope, player, economyKey: 'xp', amount: 5, reason: null, idempotency: null };
    return world.messenger.request(progressWallet, command);
  },
  'server credit': (world, scope, player) => world.adjust(scope, player, credit),
  'server revoke': (world, scope, player) => world.adjust(scope, player, { type: 'item', key: 'bow', delta: -1 }),
  'portal credit': (world, scope, player) => world.adjustAs(operator, scope, player, credit),
  import: (world, scope, player) => {
    const row = { player, key: 'gold', amount: 5, reason: null, idempotencyKey: randomUUID() };
    return world.messenger.request(importHoldings, { scope, type: 'economy', rows: [row], apiKeyPrefix });
  },
};

const short = { refused: { code: 'conflict', status: 409, details: { reason: 'insufficient_balance', have: 0 } } };
const works: Record<string, Outcome> = {
  inventory: { items: [{ itemKey: 'bow', quantity: 10 }] },
  wallet: {
    wallet: [
      { economyKey: 'gold', balance: 10 },
      { economyKey: 'xp', balance: 10 },
    ],
  },
  consume: { quantity: 9, applied: true },
  debit: { balance: 9, applied: true },
  progress: { balance: 15, applied: true },
  'server credit': { amount: 15, applied: true },
  'server revoke': { amount: 9, applied: true },
  'portal credit': { amount: 15, applied: true },
  import: { applied: 1, skipped: 0, failed: 0 },
};
const studio: Record<string, Outcome> = {
  inventory: { items: [] },
  wallet: { wallet: [] },
  consume: short,
  debit: short,
  progress: { refused: { code: 'forbidden', status: 403, details: { reason: 'studio_managed' } } },
  'server credit': { amount: 0, applied: false },
  'server revoke': { amount: 0, applied: false },
  'portal credit': { refused: { status: 409, details: { reason: 'inventory_managed_by_studio' } } },
  import: { applied: 0, skipped: 1, failed: 0 },
};
const rows = Object.keys(acts).flatMap((act): [InventoryManagement, string, Outcome][] => [
  ['platform', act, works[act]!],
  ['permissive', act, works[act]!],
  ['studio', act, studio[act]!],
]);

/** The table of 08 §2, as far as it is the economy's. */
describe('inventory management', () => {
  let world: EconomyWorld;

  beforeAll(async () => {
    world = await EconomyWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  it.each(rows)('%s: %s', async (mode, act, expected) => {
    const scope = await world.game(catalog);
    const player = world.newPlayer();
    await world.give(scope, player.playerId, [
      { type: 'item', key: 'bow', delta: 10 },
      { type: 'economy', key: 'gold', delta: 10 },
      { type: 'economy', key: 'xp', delta: 10 },
    ]);
    await world.setInventoryManagement(scope, mode);
    await eventually(async () => {
      const hidden = await world.inventory(scope, player.playerId);
      expect(Object.keys(hidden)).toHaveLength(mode === 'studio' ? 0 : 1);
    });
    const told = acts[act]!(world, scope, player);
    if ('refused' in expected) await expect(told).rejects.toMatchObject(expected.refused as object);
    else expect(await told).toMatchObject(expected);
    const changes = mode !== 'studio' && !act.startsWith('inventory') && !act.startsWith('wallet');
    expect(await world.ledger(scope, player.playerId)).toHaveLength(changes ? 4 : 3);
  });
});
