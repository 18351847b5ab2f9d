import { randomUUID } from 'node:crypto';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { crateOpened, grantCreated, openCrate, type Grant, type RewardEntry } from '@kraty/contracts/grants';
import { eventually } from '@kraty/testing/harness';
import { GrantsWorld } from '../testing/grants-world.fixture.js';

const gold = (amount: number): RewardEntry => ({ type: 'currency', currencyKey: 'gold', amount });
const box: RewardEntry = { type: 'crate', crateItemKey: 'box', quantity: 1 };
const crateItem = (key: string, tableKey: string) => ({
  ...{ key, name: key, itemTypeKey: 'crate' },
  crate: { tableKey },
});

describe('opening a crate', () => {
  let world: GrantsWorld;

  beforeAll(async () => {
    world = await GrantsWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  const tableOf = (...entries: RewardEntry[]) => ({
    ...{ key: 'T', name: 'T' },
    weightedEntries: entries.map((entry) => ({ weight: 1, entry })),
  });

  async function game(...entries: RewardEntry[]): Promise<Scope> {
    return world.gameOf({
      items: [{ key: 'torch', name: 'Torch' }, crateItem('box', 'T'), crateItem('small_box', 'small')],
      rewardTables: [tableOf(...entries), { ...tableOf(gold(1)), key: 'small' }],
    });
  }

  async function crateFor(scope: Scope, player: PlayerRef): Promise<Grant> {
    return world.grantFor(scope, player, [box]);
  }

  const open = (scope: Scope, player: PlayerRef, grantId: string) =>
    world.messenger.request(openCrate, { scope, player, grantId });

  it('rolls its table into a child that is claimed by itself', async () => {
    const scope = await game(gold(10), gold(20));
    const player = world.newPlayer();
    const crate = await crateFor(scope, player);
    expect(crate).toMatchObject({ kind: 'crate', rolledAt: null, contents: { crateItemKey: 'box' } });
    world.clock.advance(1_000);
    const openedAt = world.clock.now().toISOString();
    const opened = await open(scope, player, crate.id);
    expect(opened.crate).toEqual({
      ...crate,
      ...{ status: 'claimed', claimedAt: openedAt, rolledAt: openedAt, ackedBy: 'sdk' },
    });
    expect(opened.contents).toMatchObject({
      ...{ kind: 'reward', status: 'pending', sourceKind: 'crate_open', rolledAt: openedAt, createdAt: openedAt },
      ...{ sourceRefId: crate.id, parentGrantId: crate.id },
    });
    expect(await world.pending(scope, player)).toEqual([opened.contents]);
    expect(await world.holdings(scope, player)).toEqual({});
    await world.claim(scope, player, opened.contents.id);
    expect(Object.keys(await world.holdings(scope, player))).toEqual(['gold']);
  });

  it('opens once for fifty at once, and a replay shows the child as it is now', async () => {
    const heard: string[] = [];
    const stop = world.messenger.onFact(crateOpened, ({ payload }) => heard.push(payload.crate.id));
    const scope = await game(gold(10), gold(20), gold(30));
    const player = world.newPlayer();
    const { id } = await crateFor(scope, player);
    const answers = await Promise.all(Array.from({ length: 50 }, () => open(scope, player, id)));
    expect(new Set(answers.map(({ contents }) => contents.id)).size).toBe(1);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    await world.claim(scope, player, answers[0]!.contents.id);
    expect((await open(scope, player, id)).contents).toMatchObject({
      id: answers[0]!.contents.id,
      status: 'claimed',
    });
    await eventually(() => expect(heard.filter((crateId) => crateId === id)).toHaveLength(1));
    stop();
  });

  it('gives crates in a crate as pending crates below it, and lists them', async () => {
    const scope = await game({ type: 'crate', crateItemKey: 'small_box', quantity: 2 });
    const player = world.newPlayer();
    const { id } = await crateFor(scope, player);
    const { contents } = await open(scope, player, id);
    expect(contents.contents).toEqual({ entries: [{ type: 'crate', crateItemKey: 'small_box', quantity: 2 }] });
    const crates = (await world.pending(scope, player)).filter(({ kind }) => kind === 'crate');
    expect(crates.map(({ parentGrantId }) => parentGrantId)).toEqual([id, id]);
    expect((await open(scope, player, crates[0]!.id)).contents.contents.entries).toEqual([gold(1)]);
  });

  it('makes an empty child, born claimed, of a roll that gives nothing', async () => {
    const created: Grant[] = [];
    const stop = world.messenger.onFact(grantCreated, ({ payload }) => created.push(payload.grant));
    const scope = await game({ type: 'currency', currencyKey: 'gold', amount: { min: 0, max: 1 } });
    const player = world.newPlayer();
    let empty: Grant | null = null;
    for (let tries = 0; tries < 60 && !empty; tries += 1) {
      const { contents } = await open(scope, player, (await crateFor(scope, player)).id);
      if (contents.contents.entries.length === 0) empty = contents;
    }
    expect(empty).toMatchObject({ status: 'claimed', ackedBy: 'auto', claimedAt: empty!.createdAt });
    await eventually(() => expect(created.find(({ id }) => id === empty!.id)).toMatchObject({ status: 'claimed' }));
    stop();
  });

  it('rolls the table as it stands at the first opening, and stores its revision', async () => {
    const scope = await game(gold(10));
    const player = world.newPlayer();
    const { id } = await crateFor(scope, player);
    world.clock.advance(1_000);
    await world.configure(scope, 'grants', { rewardTables: [tableOf(gold(77))] });
    expect((await open(scope, player, id)).contents.contents.entries).toEqual([gold(77)]);
    const text = 'select pinned_revisions, roll_secret_version from payout where payout_key = $1';
    expect(await world.ground.sql('grants', text, [`crate:${id}`])).toEqual([
      { pinned_revisions: [{ kind: 'table', key: 'T', revision: 2 }], roll_secret_version: 1 },
    ]);
  });

  it('stays pending while it has no usable table, and opens when it has one again', async () => {
    const scope = await game(gold(10));
    const player = world.newPlayer();
    const { id } = await crateFor(scope, player);
    await world.archive(scope, 'rewardTables', 'T');
    const refusal = { code: 'conflict', status: 409, details: { reason: 'crate_unconfigured' } };
    await expect(open(scope, player, id)).rejects.toMatchObject(refusal);
    expect(await world.statusOf(id)).toMatchObject({ status: 'pending' });
    await world.configure(scope, 'grants', { rewardTables: [tableOf(gold(10))] });
    expect((await open(scope, player, id)).crate.status).toBe('claimed');
  });

  it('is refused for a reward, after the end, and to everybody else', async () => {
    const scope = await game(gold(10));
    await world.setSettings(scope, { grantDefaultTtlDays: 1 });
    const player = world.newPlayer();
    const reward = await world.grantFor(scope, player, [gold(1)]);
    await expect(open(scope, player, reward.id)).rejects.toMatchObject({ details: { reason: 'not_a_crate' } });
    const { id } = await crateFor(scope, player);
    for (const asked of [
      open(scope, world.newPlayer(), id),
      open(scope, player, randomUUID()),
      open(scope, player, 'x'),
    ]) {
      await expect(asked).rejects.toMatchObject({ code: 'not_found', details: { resource: 'grant' } });
    }
    await expect(world.claim(scope, player, id)).rejects.toMatchObject({ details: { reason: 'crate_must_be_opened' } });
    world.clock.advance(24 * 3_600_000);
    await expect(open(scope, player, id)).rejects.toMatchObject({ details: { reason: 'grant_expired' } });
  });
});
