import { grantExpired } from '@kraty/contracts/grants';
import { eventually } from '@kraty/testing/harness';
import { GrantsWorld, prize } from '../testing/grants-world.fixture.js';
import { SweepService } from './sweep.service.js';

const dayMs = 24 * 3_600_000;

describe('grants that run out', () => {
  let world: GrantsWorld;

  beforeAll(async () => {
    world = await GrantsWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  const sweep = (): Promise<void> => world.grants.service('grants').app.get(SweepService).sweep();

  async function gameWithTtl(days: number) {
    const scope = await world.game(prize);
    await world.setSettings(scope, { grantDefaultTtlDays: days });
    return scope;
  }

  it('get their end from the days of the game', async () => {
    const scope = await gameWithTtl(3);
    const grant = await world.grantFor(scope, world.newPlayer());
    expect(grant.expiresAt).toBe(new Date(world.clock.nowMs() + 3 * dayMs).toISOString());
  });

  it('are gone from the list and refused at their very end, before any sweep', async () => {
    const scope = await gameWithTtl(1);
    const player = world.newPlayer();
    const { id, expiresAt } = await world.grantFor(scope, player);
    world.clock.advance(dayMs - 1);
    expect(await world.pending(scope, player)).toHaveLength(1);
    world.clock.advance(1);
    expect(await world.pending(scope, player)).toEqual([]);
    await expect(world.claim(scope, player, id)).rejects.toMatchObject({
      code: 'conflict',
      status: 409,
      details: { reason: 'grant_expired', status: 'expired', expiresAt },
    });
    expect(await world.statusOf(id)).toMatchObject({ status: 'pending' });
  });

  it('are marked and told once, by however many sweeps at once', async () => {
    const heard: string[] = [];
    const stop = world.messenger.onFact(grantExpired, ({ payload }) => heard.push(payload.grant.id));
    const scope = await gameWithTtl(1);
    const player = world.newPlayer();
    const { id } = await world.grantFor(scope, player);
    world.clock.advance(dayMs);
    await Promise.all([sweep(), sweep(), sweep()]);
    expect(await world.statusOf(id)).toMatchObject({ status: 'expired' });
    await eventually(() => expect(heard.filter((grantId) => grantId === id)).toHaveLength(1));
    stop();
  });

  it('are claimed or expired, never both, when a claim races the sweep', async () => {
    const scope = await gameWithTtl(1);
    const player = world.newPlayer();
    const races = 100;
    const grants: string[] = [];
    for (let count = 0; count < races; count += 1) world.complete(scope, player);
    await eventually(async () => expect(await world.pending(scope, player, 200)).toHaveLength(races));
    for (const { id } of await world.pending(scope, player, 200)) grants.push(id);
    world.clock.advance(dayMs - 1);
    const sweeps: Promise<void>[] = [];
    const claims = grants.map((id, index) => {
      if (index === races / 2) world.clock.advance(1);
      if (index % 10 === 0) sweeps.push(sweep());
      return world.claim(scope, player, id);
    });
    const outcomes = await Promise.allSettled(claims);
    await Promise.all(sweeps);
    await sweep();
    for (const [index, outcome] of outcomes.entries()) {
      const claimed = outcome.status === 'fulfilled';
      expect(await world.statusOf(grants[index]!)).toMatchObject({ status: claimed ? 'claimed' : 'expired' });
      expect(await world.depositRows(grants[index]!)).toHaveLength(claimed ? 2 : 0);
    }
  });
});
