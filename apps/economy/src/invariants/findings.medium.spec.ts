import { operatorActed, type OperatorAct } from '@kraty/contracts/identity';
import { eventually } from '@kraty/testing/harness';
import { EconomyWorld } from '../testing/economy-world.fixture.js';

describe('what the periodic checks of the economy find', () => {
  it('goes on record under one id a finding, however often it is found', async () => {
    const world = await EconomyWorld.start();
    const acts: OperatorAct[] = [];
    const stop = world.messenger.onFact(operatorActed.economy, ({ payload }) => acts.push(payload));
    const scope = await world.game();
    const { playerId } = world.newPlayer();
    await world.giveGold(scope, playerId, 5);
    await world.checkAll();
    await world.ground.sql('economy', 'update holding set amount = 6 where player_id = $1', [playerId]);
    await world.checkAll();
    await world.ground.sql('economy', 'update holding set amount = 7 where player_id = $1', [playerId]);
    await world.checkAll();
    await eventually(() => expect(acts).toHaveLength(6));
    expect(new Set(acts.map(({ auditId }) => auditId)).size).toBe(3);
    expect(acts).toContainEqual(
      expect.objectContaining({
        ...{ studioId: scope.studioId, gameId: scope.gameId, environment: 'live', action: 'invariant.violated' },
        actor: { type: 'system', id: null, label: 'system' },
        metadata: expect.objectContaining({ check: 'holding_is_sum_of_ledger', expected: '5', found: '6' }) as unknown,
      }),
    );
    stop();
    await world.stop();
  });
});
