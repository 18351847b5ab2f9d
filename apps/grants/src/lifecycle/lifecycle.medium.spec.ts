import { levelReached } from '@kraty/contracts/economy';
import { eraseGrants, grantExpired, mergeGrants, readPayouts } from '@kraty/contracts/grants';
import { eventually } from '@kraty/testing/harness';
import { GrantsWorld, prize } from '../testing/grants-world.fixture.js';

describe('grants of players who are merged or erased', () => {
  let world: GrantsWorld;

  beforeAll(async () => {
    world = await GrantsWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  it('move to the target, whatever their status, once', async () => {
    const scope = await world.game(prize);
    const [from, to] = [world.newPlayer('guest'), world.newPlayer('mira')];
    const claimed = await world.grantFor(scope, from);
    await world.claim(scope, from, claimed.id);
    const pending = await world.grantFor(scope, from);
    const merge = () => world.messenger.request(mergeGrants, { scope, from, to });
    expect(await merge()).toEqual({ grantsReassigned: 2 });
    expect(await merge()).toEqual({ grantsReassigned: 0 });
    expect(await world.pending(scope, from)).toEqual([]);
    expect(await world.pending(scope, to)).toEqual([pending]);
    expect(await world.claim(scope, to, pending.id)).toMatchObject({ status: 'claimed' });
    expect(await world.holdings(scope, to)).toEqual({ gold: 100, torch: 2 });
  });

  it('pay no level again that either of them was paid', async () => {
    const scope = await world.game();
    const [from, to] = [world.newPlayer('guest'), world.newPlayer('mira')];
    const level = (player: typeof from, reached: number) => {
      const reward = { entries: [{ type: 'currency' as const, currencyKey: 'gold', amount: 5 }] };
      const reachedAt = world.clock.now().toISOString();
      const payload = { ...player, economyKey: 'rank', level: reached, reward, reachedAt };
      world.publish(levelReached, scope, player.playerId, payload);
      return `level:${player.playerId}:rank:${reached}`;
    };
    const paid = (key: string) =>
      eventually(async () => {
        const { payouts } = await world.messenger.request(readPayouts, { scope, payoutKeys: [key] });
        expect(payouts[key]).toBeDefined();
      });
    await paid(level(from, 2));
    await world.messenger.request(mergeGrants, { scope, from, to });
    level(to, 2);
    await paid(level(to, 3));
    expect(await world.pending(scope, to)).toHaveLength(2);
  });

  it('stay for the books after an erasure; pending ones run out, and nobody is told', async () => {
    const heard: string[] = [];
    const stop = world.messenger.onFact(grantExpired, ({ scope }) => heard.push(scope.gameId));
    const scope = await world.game(prize);
    const player = world.newPlayer();
    const claimed = await world.grantFor(scope, player);
    await world.claim(scope, player, claimed.id);
    const { id } = await world.grantFor(scope, player);
    const erased = { scope, playerId: player.playerId, anonymizedExternalId: '__deleted_1__' };
    expect(await world.messenger.request(eraseGrants, erased)).toEqual({ expired: 1 });
    expect(await world.messenger.request(eraseGrants, erased)).toEqual({ expired: 1 });
    expect([await world.statusOf(claimed.id), await world.statusOf(id)]).toMatchObject([
      { status: 'claimed' },
      { status: 'expired' },
    ]);
    expect(heard).not.toContain(scope.gameId);
    stop();
  });
});
