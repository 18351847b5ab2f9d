import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { BoardsWorld } from '../boards-world.fixture.js';
import { Contributions } from './contributions.service.js';
import { Scores } from './scores.service.js';
import { ScoresStore } from './scores.store.js';

let world: BoardsWorld;

beforeAll(async () => {
  world = await BoardsWorld.start('2026-06-17T12:00:00.000Z');
  await world.configure([
    { key: 'best', name: 'Best', resetCadence: 'never' },
    { key: 'sum', name: 'Sum', resetCadence: 'never', scoreAggregation: 'sum' },
  ]);
});

afterAll(() => world.stop());

describe('a batch of which one part cannot be counted', () => {
  it('has not failed before the other part has ended', async () => {
    const { app } = world.host.service('leaderboards');
    const [scores, store, contributions] = [app.get(Scores), app.get(ScoresStore), app.get(Contributions)];
    let [refusals, failures, failuresMeanwhile] = [0, 0, 0];
    scores.apply = (facts) =>
      Scores.prototype.apply.call(scores, facts).catch((error: unknown) => {
        failures += 1;
        throw error;
      });
    contributions.apply = (writes) => {
      if (refusals > 0) return Contributions.prototype.apply.call(contributions, writes);
      refusals += 1;
      return Promise.reject(new Error('refused once'));
    };
    store.apply = async (...asked) => {
      await eventually(() => expect(refusals).toBe(1));
      await new Promise((resolve) => setImmediate(resolve));
      failuresMeanwhile = Math.max(failuresMeanwhile, failures);
      Reflect.deleteProperty(store, 'apply');
      return store.apply(...asked);
    };
    const [board, mira] = [world.openBoard(), world.player('mira')] as const;
    world.score(board, mira, { attemptId: uuidV7(), revision: 1, score: 5, contributesTo: ['best', 'sum'] });
    await eventually(async () => expect(await world.rows('sum')).toEqual([['mira', 5]]));
    for (const part of [scores, contributions]) Reflect.deleteProperty(part, 'apply');
    expect([refusals, failuresMeanwhile]).toEqual([1, 0]);
    expect(failures).toBeGreaterThan(0);
    expect(await world.rows('best')).toEqual([['mira', 5]]);
  });
});
