import { readBoardStandings, type ScoreAggregation } from '@kraty/contracts/events';
import { readFinalStandings } from '@kraty/contracts/leaderboards';
import { FactBacklog } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { Messenger } from '@kraty/platform/messaging';
import { eventually } from '@kraty/testing/harness';
import { BoardsWorld } from '../boards-world.fixture.js';
import { toStanding } from './finalization.service.js';
import { FreezesStore } from './freezes.store.js';

let world: BoardsWorld;
let untoldMs = Infinity;

beforeAll(async () => {
  world = await BoardsWorld.start('2026-06-17T12:00:00.000Z');
  Object.assign(get(FactBacklog), { oldestMs: () => Promise.resolve(untoldMs) });
});

afterAll(() => world.stop());

const get = <T>(type: new (...given: never[]) => T): T => world.host.service('leaderboards').app.get(type);

async function scoresOf(board: string): Promise<number[]> {
  const text = 'select score from board_entry where leaderboard_id = $1';
  return (await world.ground.sql<{ score: number }>('leaderboards', text, [board])).map(({ score }) => score);
}

const standing = (playerId: string, score: number) => ({ playerId, score, achievedAtMs: world.clock.nowMs() });

/** Keeps back the first page of standings that is told from now on. */
function keptPage() {
  const messenger = get(Messenger);
  const request = messenger.request.bind(messenger);
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  let pages = 0;
  Object.assign(messenger, {
    request: async (...given: Parameters<typeof request>) => {
      const answer = await request(...given);
      if (given[0].verb === readBoardStandings.verb && (pages += 1) === 1) await gate;
      return answer;
    },
  });
  return { pages: () => pages, letGo, end: () => Reflect.deleteProperty(messenger, 'request') };
}

describe('standings that a freeze has asked for', () => {
  it.each<ScoreAggregation>(['best', 'sum', 'latest'])(
    'do not undo an override that comes before they are written (%s)',
    async (scoreAggregation) => {
      untoldMs = Infinity;
      const [board, mira, attemptId] = [world.openBoard({ scoreAggregation }), world.player('mira'), uuidV7()];
      world.score(board, mira, { attemptId, revision: 1, score: 100 });
      await eventually(async () => expect(await scoresOf(board)).toEqual([100]));
      const page = keptPage();
      world.closeBoard(board, [standing(mira, 100)]);
      await eventually(() => expect(page.pages()).toBe(1));
      world.others.standings.set(board, [standing(mira, 10)]);
      world.override(board, mira, attemptId, { score: 10 });
      await eventually(async () => expect(await scoresOf(board)).toEqual([10]));
      page.letGo();
      const asking = { scope: world.scope, leaderboardId: board, afterRank: 0, limit: 10 };
      const { standings } = await eventually(() => world.messenger.request(readFinalStandings, asking));
      expect(standings).toMatchObject([{ participantId: mira, score: 10 }]);
      page.end();
    },
  );

  it('are not written any more once another holder of the freeze has gone on', async () => {
    // It waits for writes, so nobody else is at it.
    untoldMs = -Infinity;
    const [board, mira, store] = [
      world.openBoard({ scoreAggregation: 'sum' }),
      world.player('mira'),
      get(FreezesStore),
    ];
    world.score(board, mira, { attemptId: uuidV7(), revision: 1, score: 1 });
    await eventually(async () => expect(await scoresOf(board)).toEqual([1]));
    const closedAt = world.clock.now().toISOString();
    const closing = {
      leaderboardId: board,
      eventId: uuidV7(),
      eventWindowId: uuidV7(),
      reason: 'window_closed' as const,
    };
    await store.add({ ...closing, closedAt });
    const settle = (score: number, standingsRead: number) =>
      store.settle(board, [toStanding(board, standing(mira, score))], { standingsRead, allRead: false });
    expect(await settle(20, 0)).toBe(1);
    expect(await settle(5, 0)).toBeNull();
    expect(await scoresOf(board)).toEqual([20]);
    expect(await settle(30, 1)).toBe(2);
    expect(await scoresOf(board)).toEqual([30]);
  });
});
