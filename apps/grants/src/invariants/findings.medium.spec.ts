import { operatorActed, type OperatorAct } from '@kraty/contracts/identity';
import { eventually } from '@kraty/testing/harness';
import { GrantsWorld, prize } from '../testing/grants-world.fixture.js';
import { ChecksWorker } from './checks.worker.js';

describe('what the periodic checks of grants find', () => {
  let world: GrantsWorld;

  beforeAll(async () => {
    world = await GrantsWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  it('goes on record under one id, however often it is found', async () => {
    const acts: OperatorAct[] = [];
    const stop = world.messenger.onFact(operatorActed.grants, ({ payload }) => acts.push(payload));
    const scope = await world.game(prize);
    const player = world.newPlayer();
    const { id } = await world.grantFor(scope, player);
    await world.claim(scope, player, id);
    const checks = world.grants.service('grants').app.get(ChecksWorker);
    await checks.runAll();
    const lost = `update player_grant set contents = '{"entries": []}' where id = $1`;
    await world.ground.sql('grants', lost, [id]);
    await checks.runAll();
    await checks.runAll();
    await eventually(() => expect(acts).toHaveLength(2));
    expect(new Set(acts.map(({ auditId }) => auditId)).size).toBe(1);
    expect(acts[0]).toMatchObject({
      ...{ studioId: scope.studioId, gameId: scope.gameId, environment: 'live', action: 'invariant.violated' },
      actor: { type: 'system', id: null },
      target: { type: 'invariant', id: 'claimed_grant_is_deposited', label: `grant ${id}` },
      metadata: { expected: 'nothing' },
    });
    stop();
  });
});
