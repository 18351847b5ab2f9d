import { randomUUID } from 'node:crypto';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { ladderMoved, type MovedOnLadder } from '@kraty/contracts/leaderboards';
import { eventually } from '@kraty/testing/harness';
import { EconomyWorld } from '../testing/economy-world.fixture.js';

const catalog = { currencies: [{ key: 'league', name: 'League', kind: 'progression' as const }] };

describe('ladder moves', () => {
  let world: EconomyWorld;

  beforeAll(async () => {
    world = await EconomyWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  const moved = (player: PlayerRef, amount: number, more: Partial<MovedOnLadder> = {}): MovedOnLadder => ({
    ...{ operationId: `ladder:${randomUUID()}`, ...player, leaderboardId: randomUUID(), segment: null },
    ...{ itemKey: 'league', amount, ceiling: null, rank: 1, movedAt: '2026-06-08T12:00:00.000Z' },
    ...more,
  });
  const tell = (scope: Scope, move: MovedOnLadder) => world.publish(ladderMoved, scope, move.operationId, move);
  const league = async (scope: Scope, { playerId }: PlayerRef) => (await world.wallet(scope, playerId))['league'];

  it('move the progression once, whoever repeats them', async () => {
    const scope = await world.game(catalog);
    const player = world.newPlayer();
    const move = moved(player, 2);
    for (let times = 0; times < 3; times += 1) tell(scope, move);
    tell(scope, moved(player, 1));
    await eventually(async () => expect(await league(scope, player)).toBe(3));
    const rows = await world.ledger(scope, player.playerId);
    expect(rows.find(({ operation_id: id }) => id === move.operationId)).toMatchObject({
      ...{ delta: 2, reason: 'progress', origin: 'engine', source_ref_id: move.leaderboardId },
    });
  });

  it('stop at the ceiling and at 0', async () => {
    const scope = await world.game(catalog);
    const player = world.newPlayer();
    tell(scope, moved(player, 9, { ceiling: 5 }));
    await eventually(async () => expect(await league(scope, player)).toBe(5));
    tell(scope, moved(player, 1, { ceiling: 3 }));
    tell(scope, moved(player, -50));
    await eventually(async () => expect(await league(scope, player)).toBe(0));
    expect(await world.ledgerSums(scope, player.playerId)).toEqual({ league: 0 });
  });
});
