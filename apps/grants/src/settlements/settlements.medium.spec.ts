import { randomUUID } from 'node:crypto';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { eventWindowClosed, type SettledAttempt } from '@kraty/contracts/events';
import { mergeGrants, type RankTier, type SharedPoolPolicy, type WinnerPredicate } from '@kraty/contracts/grants';
import { boardFinalized, type FinalStanding } from '@kraty/contracts/leaderboards';
import { eventually } from '@kraty/testing/harness';
import { dyingAfter } from '../testing/dying-payouts.fixture.js';
import { ForeignDouble } from '../testing/foreign-double.fixture.js';
import { GrantsWorld } from '../testing/grants-world.fixture.js';
import { SettlementRoundsService } from './settlement-rounds.service.js';
import { SettlementsService } from './settlements.service.js';

const gold = (amount: number) => ({ entries: [{ type: 'currency' as const, currencyKey: 'gold', amount }] });
const scored: WinnerPredicate = { type: 'metric_at_least', metricKey: 'shells', threshold: 10 };
const leaseMs = 120_000;
const longestPauseMs = 600_000;

describe('what is paid when a window closes', () => {
  let world: GrantsWorld;
  let foreign: ForeignDouble;

  beforeAll(async () => {
    world = await GrantsWorld.start();
    foreign = await ForeignDouble.start(world.ground);
  });

  afterAll(async () => {
    await foreign.stop();
    await world.stop();
  });

  const app = () => world.grants.service('grants').app;
  const settle = (): Promise<void> => app().get(SettlementRoundsService).round();

  interface Given {
    scope: Scope;
    eventWindowId: string;
    leaderboardId: string;
  }

  interface State {
    state: string;
    progress: number;
    tries: number;
  }

  async function given(): Promise<Given> {
    return { scope: await world.game(), eventWindowId: randomUUID(), leaderboardId: randomUUID() };
  }

  function finalize({ scope, eventWindowId, leaderboardId }: Given): void {
    const reason = 'window_closed' as const;
    const finalizedAt = world.clock.now().toISOString();
    const board = { leaderboardId, eventId: randomUUID(), eventWindowId, reason, finalizedAt };
    world.publish(boardFinalized, scope, leaderboardId, board);
  }

  function close({ scope, eventWindowId }: Given, rewardPolicy: SharedPoolPolicy): void {
    const closedAt = world.clock.now().toISOString();
    const { studioId, gameId } = scope;
    const told = { eventId: randomUUID(), eventKey: 'race', eventWindowId, closedAt, rewardPolicy };
    world.publish(eventWindowClosed, { studioId, gameId }, eventWindowId, { ...told, environments: ['live'] });
  }

  function pool(pool: number, winnerPredicate = scored, poolScope?: 'window' | 'board'): SharedPoolPolicy {
    const scope = poolScope && { poolScope };
    return { type: 'shared_pool', parameters: { pool, currencyKey: 'gold', winnerPredicate, ...scope } };
  }

  function attempt({ leaderboardId }: Given, playerId: string, shells: number): SettledAttempt {
    const player = { playerId, externalPlayerId: `ext-${playerId}` };
    return { attemptId: randomUUID(), ...player, leaderboardId, metrics: { shells }, score: shells, status: 'expired' };
  }

  function players(count: number): string[] {
    return Array.from({ length: count }, () => randomUUID());
  }

  async function paid(of: Given): Promise<{ player_id: string; amount: number }[]> {
    const text = `select player_id, (contents->'entries'->0->>'amount')::int as amount from player_grant
                   where game_id = $1 order by player_id`;
    return world.ground.sql('grants', text, [of.scope.gameId]);
  }

  async function stateOf(of: Given): Promise<State | undefined> {
    const text = 'select state, progress, tries from settlement where game_id = $1';
    const [row] = await world.ground.sql<State>('grants', text, [of.scope.gameId]);
    return row;
  }

  /** A try that found somebody away is due again by the clock of the services. */
  const settled = (of: Given) =>
    eventually(async () => {
      const { state, tries = 0 } = (await stateOf(of)) ?? {};
      if (state !== 'done' && tries > 0) world.clock.advance(1_000);
      expect(state).toBe('done');
    });

  describe('rank_scaled', () => {
    const tiers: RankTier[] = [
      { fromRank: 1, toRank: 1, ...gold(1000) },
      { fromRank: 2, toRank: 3, ...gold(400) },
      { fromRank: 4, toRank: 10, ...gold(100) },
    ];

    const row = (rank: number, kind: 'player' | 'bot', participantId: string = randomUUID()): FinalStanding => ({
      ...{ rank, kind, participantId, score: 100 - rank, joinedOnly: false },
      externalPlayerId: kind === 'player' ? `ext-${participantId}` : null,
    });

    it('pays players by their final rank, once, and passes nothing on from a bot', async () => {
      const board = await given();
      const [alice, bob, carol] = players(3) as [string, string, string];
      foreign.policies.set(board.eventWindowId, { type: 'rank_scaled', parameters: { tiers } });
      foreign.boards.set(board.leaderboardId, [
        row(1, 'bot'),
        row(2, 'player', alice),
        row(3, 'player', bob),
        row(4, 'bot'),
        row(11, 'player', carol),
      ]);
      finalize(board);
      finalize(board);
      await settled(board);
      finalize(board);
      await settle();
      const expected = [alice, bob].toSorted().map((playerId) => ({ player_id: playerId, amount: 400 }));
      expect(await paid(board)).toEqual(expected);
      const [grant] = await world.pending(board.scope, { playerId: alice, externalPlayerId: '' });
      expect(grant).toMatchObject({ sourceKind: 'event_window', sourceRefId: board.eventWindowId, status: 'pending' });
    });

    it('goes on where a killed worker stopped, and pays nobody twice', async () => {
      const board = await given();
      foreign.policies.set(board.eventWindowId, {
        type: 'rank_scaled',
        parameters: { tiers: [{ fromRank: 1, toRank: 1_200, ...gold(7) }] },
      });
      foreign.boards.set(
        board.leaderboardId,
        Array.from({ length: 1_300 }, (_, at) => row(at + 1, 'player')),
      );
      const stop = dyingAfter(1, app());
      finalize(board);
      await eventually(async () => expect((await stateOf(board))?.progress).toBe(500));
      await stop();
      world.clock.advance(leaseMs);
      await settled(board);
      const grants = await paid(board);
      expect(grants).toHaveLength(1_200);
      expect(new Set(grants.map(({ player_id: playerId }) => playerId)).size).toBe(1_200);
    });

    it('records a tier whose bundle is gone as a failed payout', async () => {
      const board = await given();
      const player = randomUUID();
      foreign.policies.set(board.eventWindowId, {
        type: 'rank_scaled',
        parameters: { tiers: [{ fromRank: 1, toRank: 1, rewardBundleKey: 'gone' }] },
      });
      foreign.boards.set(board.leaderboardId, [row(1, 'player', player)]);
      finalize(board);
      await settled(board);
      const text = 'select outcome, failure from payout where payout_key = $1';
      expect(await world.ground.sql('grants', text, [`rank:${board.leaderboardId}:${player}`])).toEqual([
        { outcome: 'failed', failure: 'there is no bundle gone' },
      ]);
    });
  });

  describe('shared_pool', () => {
    it('divides evenly among the winners, each counted once, and leaves the remainder', async () => {
      const window = await given();
      const [mira, noor, ivo, lost] = players(4) as [string, string, string, string];
      foreign.policies.set(window.eventWindowId, pool(10_000));
      foreign.settled.set(window.eventWindowId, [
        attempt(window, mira, 10),
        attempt(window, mira, 30),
        attempt(window, noor, 12),
        attempt(window, ivo, 10),
        attempt(window, lost, 9),
      ]);
      close(window, pool(10_000));
      close(window, pool(10_000));
      await settled(window);
      const winners = [mira, noor, ivo].toSorted();
      expect(await paid(window)).toEqual(winners.map((playerId) => ({ player_id: playerId, amount: 3_333 })));
      const text = 'select pool, winners, share, unpaid from pool_settlement where game_id = $1';
      expect(await world.ground.sql('grants', text, [window.scope.gameId])).toEqual([
        { pool: 10_000, winners: 3, share: 3_333, unpaid: 1 },
      ]);
    });

    it.each([
      [10_000, 0],
      [5, 8],
    ])('pays nobody of %i among %i', async (amount, winners) => {
      const window = await given();
      foreign.policies.set(window.eventWindowId, pool(amount));
      foreign.settled.set(
        window.eventWindowId,
        players(winners).map((player) => attempt(window, player, 10)),
      );
      close(window, pool(amount));
      await settled(window);
      expect(await paid(window)).toEqual([]);
    });

    it('killed between its two phases, and in the middle of the second, pays each winner once', async () => {
      const window = await given();
      foreign.policies.set(window.eventWindowId, pool(1_000_000));
      const winners = players(1_100);
      foreign.settled.set(
        window.eventWindowId,
        winners.map((player) => attempt(window, player, 10)),
      );
      const stop = dyingAfter(0, app());
      close(window, pool(1_000_000));
      await eventually(async () => {
        const text = 'select winners from pool_settlement where game_id = $1';
        expect(await world.ground.sql('grants', text, [window.scope.gameId])).toEqual([{ winners: 1_100 }]);
      });
      await stop();
      // Who has won is decided: what the attempts say from now on changes nothing.
      foreign.settled.set(window.eventWindowId, []);
      const again = dyingAfter(1, app());
      world.clock.advance(leaseMs);
      await eventually(async () => expect((await stateOf(window))?.progress).toBe(500));
      await again();
      world.clock.advance(leaseMs);
      await settled(window);
      expect(await paid(window)).toEqual(
        winners.toSorted().map((playerId) => ({ player_id: playerId, amount: Math.floor(1_000_000 / 1_100) })),
      );
    });

    it('pays both shares of two winners who are merged between the phases, and none twice', async () => {
      const window = await given();
      foreign.policies.set(window.eventWindowId, pool(2_000));
      const winners = players(2).toSorted() as [string, string];
      foreign.settled.set(
        window.eventWindowId,
        winners.map((player) => attempt(window, player, 10)),
      );
      const stop = dyingAfter(0, app());
      close(window, pool(2_000));
      await eventually(async () => {
        const text = 'select winners from pool_settlement where game_id = $1';
        expect(await world.ground.sql('grants', text, [window.scope.gameId])).toEqual([{ winners: 2 }]);
      });
      await stop();
      const [from, to] = winners.map((playerId) => ({ playerId, externalPlayerId: playerId })) as [
        PlayerRef,
        PlayerRef,
      ];
      await world.messenger.request(mergeGrants, { scope: window.scope, from, to });
      world.clock.advance(leaseMs);
      await settled(window);
      expect(await paid(window)).toEqual([1, 2].map(() => ({ player_id: to.playerId, amount: 1_000 })));
    });

    it('settles after all what was refused, once the fault is gone', async () => {
      const window = await given();
      const winner = randomUUID();
      foreign.refused.add(window.eventWindowId);
      close(window, pool(50));
      const row = async () => {
        const text = 'select state, failure, tries, due_at from settlement where game_id = $1';
        return (await world.ground.sql<{ tries: number }>('grants', text, [window.scope.gameId]))[0];
      };
      await eventually(async () => expect((await row())?.tries).toBeGreaterThan(0));
      expect(await row()).toMatchObject({ state: 'due', failure: 'the window is not told' });
      // However often it was refused before, the pause is bounded.
      await world.ground.sql('grants', 'update settlement set tries = 5000 where game_id = $1', [window.scope.gameId]);
      world.clock.advance(leaseMs);
      await eventually(async () => expect((await row())?.tries).toBe(5_001));
      expect(await row()).toMatchObject({ due_at: new Date(world.clock.nowMs() + longestPauseMs) });
      foreign.refused.delete(window.eventWindowId);
      foreign.policies.set(window.eventWindowId, pool(50));
      foreign.settled.set(window.eventWindowId, [attempt(window, winner, 10)]);
      world.clock.advance(longestPauseMs);
      await settled(window);
      expect(await paid(window)).toEqual([{ player_id: winner, amount: 50 }]);
    });

    it('is driven by several workers at once without a double', async () => {
      const window = await given();
      foreign.policies.set(window.eventWindowId, pool(6_000));
      const winners = players(600);
      foreign.settled.set(
        window.eventWindowId,
        winners.map((player) => attempt(window, player, 10)),
      );
      close(window, pool(6_000));
      const row = await eventually(async () => {
        const rows = await world.ground.sql('grants', 'select * from settlement where game_id = $1', [
          window.scope.gameId,
        ]);
        expect(rows).toHaveLength(1);
        return { ...rows[0]!, progress: 0 } as never;
      });
      const drive = () => app().get(SettlementsService).drive(row);
      expect(await Promise.all([drive(), drive(), drive()])).toEqual(['done', 'done', 'done']);
      expect(await paid(window)).toHaveLength(600);
    });

    it('waits for every board when winners are found by rank', async () => {
      const window = await given();
      const [first, second] = players(2) as [string, string];
      const byRank = pool(100, { type: 'rank_at_most', rank: 1 });
      foreign.policies.set(window.eventWindowId, byRank);
      foreign.settled.set(window.eventWindowId, [attempt(window, first, 1), attempt(window, second, 1)]);
      close(window, byRank);
      await eventually(async () => {
        const text = 'select failure from settlement where game_id = $1';
        const rows = await world.ground.sql('grants', text, [window.scope.gameId]);
        expect(rows).toEqual([{ failure: 'a board is not frozen yet' }]);
      });
      expect(await paid(window)).toEqual([]);
      const of = (participantId: string, rank: number): FinalStanding => ({
        ...{ participantId, rank, kind: 'player', externalPlayerId: participantId, score: 1, joinedOnly: false },
      });
      foreign.boards.set(window.leaderboardId, [of(second, 1), of(first, 2)]);
      world.clock.advance(leaseMs);
      await settled(window);
      expect(await paid(window)).toEqual([{ player_id: second, amount: 100 }]);
    });

    it('of scope board pays each board a pool of its own when it is frozen, and the window nothing', async () => {
      const one = await given();
      const other = { ...one, leaderboardId: randomUUID() };
      const byBoard = pool(100, scored, 'board');
      foreign.policies.set(one.eventWindowId, byBoard);
      const [mira, noor, ivo] = players(3) as [string, string, string];
      foreign.settled.set(one.eventWindowId, [attempt(one, mira, 10), attempt(one, noor, 10), attempt(other, ivo, 10)]);
      close(one, byBoard);
      finalize(one);
      finalize(other);
      await eventually(async () => expect(await paid(one)).toHaveLength(3));
      const amounts = new Map((await paid(one)).map(({ player_id: playerId, amount }) => [playerId, amount]));
      expect([mira, noor, ivo].map((player) => amounts.get(player))).toEqual([50, 50, 100]);
    });
  });
});
