import type { PlayerRef, Scope } from '@kraty/contracts/common';
import type { Grant } from '@kraty/contracts/grants';
import { eventually, startHost } from '@kraty/testing/harness';
import { claimAtTheEnd, expectClaimedOrExpired, type RacedClaim } from '../testing/claim-races.fixture.js';
import { GrantsWorld, prize } from '../testing/grants-world.fixture.js';
import { ClaimsStore } from './claims.store.js';
import { DepositsService } from './deposits.service.js';
import { RecoveryService } from './recovery.service.js';

const grantsMax = 200;
const dayMs = 24 * 3_600_000;
const staleMs = 16_000;
const waves = 25;

/** Every claimed grant has its ledger rows, and none has them twice (07 §11). */
describe('claims and the economy, when either dies', () => {
  let world: GrantsWorld;

  beforeAll(async () => {
    world = await GrantsWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  const app = () => world.grants.service('grants').app;
  const recover = (): Promise<void> => app().get(RecoveryService).recover();

  async function given(count: number): Promise<{ scope: Scope; players: PlayerRef[]; grants: Grant[] }> {
    const scope = await world.game(prize);
    const players = Array.from({ length: count }, (_, at) => world.newPlayer(`player-${at}`));
    for (const player of players) world.complete(scope, player);
    await world.granted(scope, count);
    const lists = await Promise.all(players.map((player) => world.pending(scope, player)));
    expect(lists.every((list) => list.length === 1)).toBe(true);
    return { scope, players, grants: lists.map(([grant]) => grant!) };
  }

  const claimAll = ({ scope, players, grants }: Awaited<ReturnType<typeof given>>) =>
    Promise.allSettled(grants.map(({ id }, at) => world.claim(scope, players[at]!, id)));

  async function expectEachOnce(scope: Scope, count: number): Promise<void> {
    const states = `select status, deposit_state, count(*)::int as count from player_grant
                     where game_id = $1 group by status, deposit_state`;
    expect(await world.ground.sql('grants', states, [scope.gameId])).toEqual([
      { status: 'claimed', deposit_state: 'done', count },
    ]);
    const rows = `select count(*)::int as rows, count(distinct operation_id)::int as operations from ledger
                   where game_id = $1 and reason = 'grant_deposit'`;
    expect(await world.ground.sql('economy', rows, [scope.gameId])).toEqual([{ rows: 2 * count, operations: count }]);
  }

  /** Until each is claimed with its deposit: what an economy was too late for is due again some time later. */
  const recoveredOnce = (scope: Scope, count: number, recoveries: (() => Promise<void>)[] = [recover]) =>
    eventually(async () => {
      world.clock.advance(staleMs);
      await Promise.all(recoveries.map((round) => round()));
      await expectEachOnce(scope, count);
    });

  it('survive an economy that is killed and comes back under load', async () => {
    const all = await given(grantsMax);
    const dying = (async () => {
      await new Promise((resolve) => setImmediate(resolve));
      await world.stopEconomy();
      await world.startEconomy();
    })();
    const [outcomes] = await Promise.all([claimAll(all), dying]);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ status: 503 });
    }
    await recoveredOnce(all.scope, grantsMax);
  });

  it('survive grants that die between the deposit and its own last step', async () => {
    const all = await given(grantsMax);
    const store = app().get(ClaimsStore);
    const { finish } = store;
    let alive = grantsMax / 4;
    store.finish = async (tx, ids, now) => {
      alive -= ids.length;
      if (alive < 0) throw new Error('killed');
      return finish.call(store, tx, ids, now);
    };
    const outcomes = await claimAll(all);
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
    store.finish = finish;
    // Another instance takes over what the dead one has left; two of them at once do no harm.
    const second = await startHost(['grants'], world.ground, {
      clock: world.clock,
      environment: { LOG_LEVEL: 'fatal' },
    });
    const other = second.service('grants').app.get(RecoveryService);
    await recoveredOnce(all.scope, grantsMax, [recover, () => other.recover()]);
    await second.stop();
    await expectEachOnce(all.scope, grantsMax);
  });

  it('survive grants that die before anybody asked the economy', async () => {
    // More than one batch of the recovery: all of them are driven on in one round.
    const all = await given(grantsMax + 50);
    const deposits = app().get(DepositsService);
    const { complete } = deposits;
    deposits.complete = () => Promise.reject(new Error('killed'));
    await claimAll(all);
    deposits.complete = complete;
    world.clock.advance(staleMs);
    await recover();
    const left = `select from player_grant where game_id = $1 and deposit_state = 'requested' and deposit_requested_at < $2`;
    expect(await world.ground.sql('grants', left, [all.scope.gameId, world.clock.now()])).toEqual([]);
    await recoveredOnce(all.scope, grantsMax + 50);
  });

  it('race the sweep a thousand times: each grant is claimed or expired, and deposits are the claims', async () => {
    const scope = await world.game(prize);
    await world.setSettings(scope, { grantDefaultTtlDays: 1 });
    const players = Array.from({ length: 5 }, (_, at) => world.newPlayer(`racer-${at}`));
    for (const player of players) {
      for (let count = 0; count < 200; count += 1) world.complete(scope, player);
    }
    await world.granted(scope, 1_000);
    const lists = await Promise.all(
      players.map(async (player) => (await world.pending(scope, player, 200)).map(({ id }) => ({ player, id }))),
    );
    // Forty end in each millisecond.
    const ends = `update player_grant set expires_at = expires_at + mod(place - 1, $2) * interval '1 millisecond'
                    from unnest($3::uuid[]) with ordinality as given (grant_id, place)
                   where game_id = $1 and id = grant_id`;
    const grants = lists.flat();
    expect(grants).toHaveLength(1_000);
    await world.ground.sql('grants', ends, [scope.gameId, waves, grants.map(({ id }) => id)]);
    world.clock.advance(dayMs - 1);
    const claims: RacedClaim[] = [];
    for (let wave = 0; wave < waves; wave += 1) {
      const ending = grants.filter((_, at) => at % waves === wave);
      claims.push(...(await claimAtTheEnd(world, scope, ending)));
    }
    await expectClaimedOrExpired(world, scope, claims);
  });
});
