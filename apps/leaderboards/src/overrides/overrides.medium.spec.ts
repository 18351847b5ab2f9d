import { attemptOverridden, readPlayerStanding } from '@kraty/contracts/events';
import { FactBacklog } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { Messenger } from '@kraty/platform/messaging';
import { eventually } from '@kraty/testing/harness';
import { BoardsWorld } from '../boards-world.fixture.js';

let world: BoardsWorld;

beforeAll(async () => {
  world = await BoardsWorld.start('2026-06-17T12:00:00.000Z');
});

afterAll(() => world.stop());

async function scoresOf(board: string): Promise<number[]> {
  const text = 'select score from board_entry where leaderboard_id = $1 order by score';
  return (await world.ground.sql<{ score: number }>('leaderboards', text, [board])).map(({ score }) => score);
}

describe('while events is asked for the standing of a player', () => {
  it('others write to the board, and a write of the player has it asked again', async () => {
    const [board, zoe, attemptId] = [world.openBoard(), world.player('zoe'), uuidV7()] as const;
    world.score(board, zoe, { attemptId, revision: 1, score: 900 });
    await eventually(async () => expect(await scoresOf(board)).toEqual([900]));
    const standing = (score: number) => [{ playerId: zoe, score, achievedAtMs: world.clock.nowMs() }];
    world.others.standings.set(board, standing(90));

    const messenger = world.host.service('leaderboards').app.get(Messenger);
    const request = messenger.request.bind(messenger);
    let asked = 0;
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    Object.assign(messenger, {
      request: async (...given: Parameters<typeof request>) => {
        const answer = await request(...given);
        if (given[0].verb !== readPlayerStanding.verb) return answer;
        asked += 1;
        if (asked === 1) await gate;
        return answer;
      },
    });
    world.override(board, zoe, attemptId, { score: 90 });
    await eventually(() => expect(asked).toBe(1));
    world.score(board, world.player('yan'), { attemptId: uuidV7(), revision: 1, score: 1 });
    world.others.standings.set(board, standing(950));
    world.score(board, zoe, { attemptId: uuidV7(), revision: 1, score: 950 });
    await eventually(async () => expect(await scoresOf(board)).toEqual([1, 950]));
    letGo();
    await eventually(() => expect(asked).toBe(2));
    // The attempt is marked before events is asked: only that the fact is done with tells that its row is written.
    const backlog = world.host.service('leaderboards').app.get(FactBacklog);
    await eventually(async () => expect(await backlog.oldestMs([attemptOverridden])).toBe(Infinity));
    expect([asked, await scoresOf(board)]).toEqual([2, [1, 950]]);
    Reflect.deleteProperty(messenger, 'request');
  });
});
