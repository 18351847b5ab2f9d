import { grantExpired } from '@kraty/contracts/grants';
import { eventually } from '@kraty/testing/harness';
import { claimAtTheEnd, expectClaimedOrExpired } from '../testing/claim-races.fixture.js';
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
    for (let count = 0; count < races; count += 1) world.complete(scope, player);
    await world.granted(scope, races);
    const grants = (await world.pending(scope, player, 200)).map(({ id }) => ({ player, id }));
    expect(grants).toHaveLength(races);
    world.clock.advance(dayMs - 1);
    await expectClaimedOrExpired(world, scope, await claimAtTheEnd(world, scope, grants));
  });
});
