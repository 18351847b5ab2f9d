import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { BoardsWorld } from '../boards-world.fixture.js';
import { ContributionsStore } from './contributions.store.js';
import { Scores } from './scores.service.js';

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
  it('leaves nothing, and counts whole when it comes again', async () => {
    const { app } = world.host.service('leaderboards');
    const [scores, contributions] = [app.get(Scores), app.get(ContributionsStore)];
    const left: number[] = [];
    const [board, mira] = [world.openBoard(), world.player('mira')] as const;
    const rowsOf = 'select from board_entry where participant_id = $1';
    scores.apply = (facts) =>
      Scores.prototype.apply.call(scores, facts).catch(async (error: unknown) => {
        left.push((await world.ground.sql('leaderboards', rowsOf, [mira])).length);
        throw error;
      });
    contributions.save = () => {
      Reflect.deleteProperty(contributions, 'save');
      return Promise.reject(new Error('refused once'));
    };
    world.score(board, mira, { attemptId: uuidV7(), revision: 1, score: 5, contributesTo: ['best', 'sum'] });
    await eventually(async () => expect(await world.rows('sum')).toEqual([['mira', 5]]));
    Reflect.deleteProperty(scores, 'apply');
    // Neither the row of its event, nor the board that keeps the best.
    expect(left[0]).toBe(0);
    expect(await world.rows('best')).toEqual([['mira', 5]]);
  });
});
