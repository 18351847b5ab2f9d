import type { BotBinding } from '@kraty/contracts/leaderboards';
import { FactBacklog } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { BoardsWorld } from '../boards-world.fixture.js';
import { AwaitedWrites } from './awaited-writes.service.js';

const params = { advanceChance: 1, targetScore: 9 };
const behavior = { type: 'single' as const, block: 'random_step_with_fall' as const, params };
const waitMaxMs = 15 * 60_000;
const best = { scoreAggregation: 'best' as const };

let world: BoardsWorld;
let untoldMs: () => Promise<number>;

beforeAll(async () => {
  world = await BoardsWorld.start('2026-06-17T12:00:00.000Z');
  expect(await world.configureSections({ bots: [{ key: 'walker', name: 'Walker', behavior }] })).toEqual([]);
  Object.assign(world.host.service('leaderboards').app.get(FactBacklog), { oldestMs: () => untoldMs() });
});

afterAll(() => world.stop());

async function closed(botBindings: BotBinding[]): Promise<string> {
  const board = world.openBoard({ botBindings });
  const mira = world.player('mira');
  world.score(board, mira, { attemptId: uuidV7(), revision: 1, score: 5 });
  await eventually(async () => {
    const text = 'select from board_entry where leaderboard_id = $1';
    expect(await world.ground.sql('leaderboards', text, [board])).toHaveLength(1 + botBindings.length);
  });
  world.closeBoard(board, [{ playerId: mira, score: 5, achievedAtMs: world.clock.nowMs() }]);
  return board;
}

async function isFrozen(board: string): Promise<boolean> {
  const text = 'select from board where leaderboard_id = $1 and finalized_at is not null';
  return (await world.ground.sql('leaderboards', text, [board])).length > 0;
}

const walker = [{ botKey: 'walker', count: 1 }];
const frozen = (board: string) => eventually(async () => expect(await isFrozen(board)).toBe(true));

describe('the freeze of a board', () => {
  it('waits for writes that its bots step with, and no other board does', async () => {
    untoldMs = () => Promise.resolve(world.clock.nowMs());
    let asked = 0;
    const awaited = world.host.service('leaderboards').app.get(AwaitedWrites);
    const haveCome = awaited.haveCome.bind(awaited);
    Object.assign(awaited, {
      haveCome: (...given: Parameters<typeof haveCome>) => haveCome(...given).finally(() => (asked += 1)),
    });
    const board = await closed(walker);
    await frozen(await closed([]));
    await eventually(() => expect(asked).toBeGreaterThan(2));
    expect(await isFrozen(board)).toBe(false);
    untoldMs = () => Promise.resolve(world.clock.nowMs() + 1);
    await frozen(board);
    Reflect.deleteProperty(awaited, 'haveCome');
  });

  it('does not wait for ever, also where nobody tells what is still to come', async () => {
    untoldMs = () => Promise.reject(new Error('the broker does not answer'));
    const awaited = world.host.service('leaderboards').app.get(AwaitedWrites);
    const board = await closed(walker);
    const freeze = { leaderboardId: board, closedAt: world.clock.now().toISOString() };
    expect(await awaited.haveCome(freeze, best)).toBe(false);
    world.clock.advance(waitMaxMs - 1);
    expect(await awaited.haveCome(freeze, best)).toBe(false);
    // From now on the service may freeze the board at once, and forget since when it has waited: that it is frozen tells.
    world.clock.advance(1);
    await frozen(board);
  });
});
