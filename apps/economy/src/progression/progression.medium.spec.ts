import type { PlayerRef, Scope } from '@kraty/contracts/common';
import {
  levelReached,
  progressWallet,
  type CurrencyConfiguration,
  type ProgressedWallet,
  type ReachedLevel,
} from '@kraty/contracts/economy';
import type { RunningService } from '@kraty/platform/bootstrap';
import { Messenger } from '@kraty/platform/messaging';
import { askPatiently, eventually } from '@kraty/testing/harness';
import { EconomyWorld, gold } from '../testing/economy-world.fixture.js';
import { startGrantsDouble } from '../testing/grants-double.fixture.js';

const amountMax = 2_147_483_647;
const xp: CurrencyConfiguration = { key: 'xp', name: 'Experience', kind: 'progression', clientWritable: true };
const rewardOf = (amount: number) => [{ type: 'currency' as const, currencyKey: 'gold', amount }];
const level: CurrencyConfiguration = {
  ...{ key: 'level', name: 'Level', kind: 'progression' },
  derivedFrom: {
    sourceKey: 'xp',
    thresholds: [0, 100, 250, 450],
    levelRewards: [
      { level: 4, entries: rewardOf(40) },
      { level: 3, entries: rewardOf(30) },
    ],
  },
};
const rank: CurrencyConfiguration = {
  ...{ key: 'rank', name: 'Rank', kind: 'progression' },
  derivedFrom: { sourceKey: 'level', thresholds: [0, 3], startLevel: 0 },
};
const catalog = { currencies: [gold, xp, level] };

describe('progressions', () => {
  let world: EconomyWorld;
  let grants: RunningService;
  let reached: ReachedLevel[];

  beforeAll(async () => {
    world = await EconomyWorld.start();
    grants = await startGrantsDouble(world.ground);
    // The economy names grants in its answer if it learns of them within a second.
    askPatiently(world.provider(Messenger));
    world.messenger.onFact(levelReached, ({ payload }) => reached.push(payload));
  });

  beforeEach(() => (reached = []));

  afterAll(async () => {
    await grants.stop();
    await world.stop();
  });

  const progress = (
    scope: Scope,
    player: PlayerRef,
    amount: number,
    more: { key?: string; idempotencyKey?: string } = {},
  ): Promise<ProgressedWallet> => {
    const { key = 'xp', idempotencyKey } = more;
    const operation = `POST /players/mira/wallet/${key}/progress`;
    const idempotency = idempotencyKey ? { key: idempotencyKey, operation, bodyHash: String(amount) } : null;
    const command = { scope, player, economyKey: key, amount, reason: null, idempotency };
    return world.messenger.request(progressWallet, command);
  };
  const grantOf = ({ playerId }: PlayerRef, at: number) => `grant of level:${playerId}:level:${at}`;
  const levelsTold = (playerId: string) =>
    reached.filter((fact) => fact.playerId === playerId).map(({ level: at }) => at);

  it('go up and down as in the example of the specification, and pay each level once', async () => {
    const scope = await world.game(catalog);
    const player = world.newPlayer();
    await progress(scope, player, 240);
    expect(await progress(scope, player, 215)).toEqual({
      ...{ economyKey: 'xp', balance: 455, applied: true },
      derived: [
        { economyKey: 'level', previous: 2, current: 4, delta: 2, grantIds: [grantOf(player, 3), grantOf(player, 4)] },
      ],
    });
    const move = (previous: number, current: number) => ({
      ...{ economyKey: 'level', previous, current },
      ...{ delta: current - previous, grantIds: [] },
    });
    expect(await progress(scope, player, -300)).toMatchObject({ balance: 155, derived: [move(4, 2)] });
    expect(await progress(scope, player, 100)).toMatchObject({ balance: 255, derived: [move(2, 3)] });
    expect(await progress(scope, player, -9_999)).toMatchObject({ balance: 0, applied: true, derived: [move(3, 1)] });
    const rows = await world.ledger(scope, player.playerId);
    expect(rows.at(-2)).toMatchObject({ resource_key: 'xp', delta: -255, reason: 'progress' });
    expect(rows.at(-1)).toMatchObject({ resource_key: 'level', delta: -2, reason: 'derived', origin: 'engine' });
    expect(rows.at(-1)!.source_ref_id).toBe(rows.at(-2)!.ledger_id);
    await eventually(() => expect(levelsTold(player.playerId)).toEqual([3, 4]));
  });

  it('tell the first move of a player who never had any', async () => {
    const scope = await world.game(catalog);
    const { derived } = await progress(scope, world.newPlayer(), 50);
    expect(derived).toEqual([{ economyKey: 'level', previous: 0, current: 1, delta: 1, grantIds: [] }]);
  });

  it('write no row for a step that comes to nothing', async () => {
    const scope = await world.game(catalog);
    const player = world.newPlayer();
    expect(await progress(scope, player, -5)).toEqual({ economyKey: 'xp', balance: 0, applied: true, derived: [] });
    expect(await world.holdingRows(scope, player.playerId)).toBe(0);
  });

  it('answer a replay with what was recorded, the grants included', async () => {
    const scope = await world.game(catalog);
    const player = world.newPlayer();
    const first = await progress(scope, player, 300, { idempotencyKey: 'p-1' });
    await progress(scope, player, 10);
    expect(await progress(scope, player, 300, { idempotencyKey: 'p-1' })).toEqual({ ...first, applied: false });
    expect(first.derived[0]!.grantIds).toEqual([grantOf(player, 3)]);
    expect(await world.wallet(scope, player.playerId)).toEqual({ level: 3, xp: 310 });
  });

  it('pay a level once, although fifty calls reach it at once', async () => {
    const scope = await world.game(catalog);
    const player = world.newPlayer();
    const calls = await Promise.all(
      Array.from({ length: 50 }, (_, at) => progress(scope, player, at % 2 === 0 ? 300 : -300)),
    );
    const paid = calls.flatMap(({ derived }) => derived.flatMap(({ grantIds }) => grantIds));
    expect(paid.toSorted()).toEqual([...new Set(paid)].toSorted());
    expect(paid).toContain(grantOf(player, 3));
    const { xp: points = 0, level: at = 0 } = await world.wallet(scope, player.playerId);
    expect(at).toBe([0, 100, 250, 450].filter((threshold) => threshold <= points).length);
  });

  it('follow whatever writes their source, three links deep', async () => {
    const crown = { ...rank, key: 'crown', derivedFrom: { sourceKey: 'rank', thresholds: [0, 1], startLevel: 5 } };
    const scope = await world.game({ currencies: [gold, xp, level, rank, crown] });
    const { playerId } = world.newPlayer();
    await world.give(scope, playerId, [{ type: 'economy', key: 'xp', delta: 260 }]);
    expect(await world.wallet(scope, playerId)).toEqual({ xp: 260, level: 3, rank: 1, crown: 6 });
    await world.debit(scope, { playerId, externalPlayerId: 'mira' }, 20, null, 'xp');
    expect(await world.wallet(scope, playerId)).toEqual({ xp: 240, level: 2, rank: 0, crown: 5 });
    expect(await world.ledgerSums(scope, playerId)).toEqual({ xp: 240, level: 2, rank: 0, crown: 5 });
  });

  it('go by new thresholds from the next write of their source', async () => {
    const scope = await world.game(catalog);
    const player = world.newPlayer();
    await progress(scope, player, 240);
    await world.configure(scope, { currencies: [{ ...level, derivedFrom: { sourceKey: 'xp', thresholds: [0, 10] } }] });
    await world.configure(scope, { currencies: [{ ...level, derivedFrom: { sourceKey: 'xp', thresholds: [0] } }] });
    expect(await world.wallet(scope, player.playerId)).toMatchObject({ level: 2 });
    expect(await progress(scope, player, 1)).toMatchObject({ derived: [{ previous: 2, current: 1 }] });
  });

  describe('are refused', () => {
    it.each([
      ['gold', 5, 'forbidden', 403, { reason: 'not_client_writable' }],
      ['level', 1, 'conflict', 409, { reason: 'derived_resource' }],
      ['nothing', 1, 'not_found', 404, { resource: 'nothing' }],
    ])('on %s by %s', async (key, amount, code, status, details) => {
      const scope = await world.game(catalog);
      await expect(progress(scope, world.newPlayer(), amount, { key })).rejects.toMatchObject({
        code,
        status,
        details,
      });
    });

    it('beyond the largest balance', async () => {
      const scope = await world.game(catalog);
      const player = world.newPlayer();
      await progress(scope, player, amountMax);
      const limit = { status: 409, details: { reason: 'balance_limit', resource: 'xp' } };
      await expect(progress(scope, player, 1)).rejects.toMatchObject(limit);
    });

    it('as spends and credits of what follows another resource', async () => {
      const scope = await world.game(catalog);
      const player = world.newPlayer();
      await progress(scope, player, 300);
      const derived = { status: 409, details: { reason: 'derived_resource' } };
      await expect(world.debit(scope, player, 1, null, 'level')).rejects.toMatchObject(derived);
      const credit = world.give(scope, player.playerId, [{ type: 'economy', key: 'level', delta: 1 }]);
      await expect(credit).rejects.toMatchObject(derived);
    });

    it('where the studio keeps the books, but not the replay of an earlier one', async () => {
      const scope = await world.game(catalog);
      const player = world.newPlayer();
      const first = await progress(scope, player, 7, { idempotencyKey: 'p-1' });
      await world.setInventoryManagement(scope, 'studio');
      const managed = { code: 'forbidden', status: 403, details: { reason: 'studio_managed' } };
      await eventually(() => expect(progress(scope, player, 1)).rejects.toMatchObject(managed));
      expect(await progress(scope, player, 7, { idempotencyKey: 'p-1' })).toEqual({ ...first, applied: false });
    });
  });
});
