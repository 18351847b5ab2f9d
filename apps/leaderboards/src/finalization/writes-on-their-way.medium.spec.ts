import type { ScoreAggregation } from '@kraty/contracts/events';
import { joinEventBoard, readFinalStandings } from '@kraty/contracts/leaderboards';
import { FactBacklog } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { BoardsWorld } from '../boards-world.fixture.js';
import { Merges } from '../merges/merges.service.js';

let world: BoardsWorld;

beforeAll(async () => {
  world = await BoardsWorld.start('2026-06-17T12:00:00.000Z');
});

afterAll(() => world.stop());

const get = <T>(type: new (...given: never[]) => T): T => world.host.service('leaderboards').app.get(type);

/** The contribution of the attempt is the one of this write. */
const counted = (board: string, attemptId: string, revision: number) =>
  eventually(async () => {
    const text = 'select from contribution where leaderboard_id = $1 and source_id = $2 and revision = $3';
    expect(await world.ground.sql('leaderboards', text, [board, attemptId, revision])).toHaveLength(1);
  });

describe('a board that adds up or keeps the latest, when it is frozen,', () => {
  it.each<ScoreAggregation>(['sum', 'latest'])(
    'holds every accepted write, though older ones come late (%s)',
    async (of) => {
      const [board, mira, attemptId] = [world.openBoard({ scoreAggregation: of }), world.player('mira'), uuidV7()];
      const write = (revision: number, score: number) => world.score(board, mira, { attemptId, revision, score });
      write(1, 10);
      await counted(board, attemptId, 1);
      const [backlog, merges] = [get(FactBacklog), get(Merges)];
      let untoldMs = world.clock.nowMs();
      let asked = 0;
      Object.assign(backlog, { oldestMs: () => Promise.resolve(((asked += 1), untoldMs)) });
      let isTold = false;
      const tellSecond = async (): Promise<void> => {
        if (!isTold) write(2, 40);
        isTold = true;
        await counted(board, attemptId, 2);
      };
      // The last step before the ranks are made.
      const settle = merges.settle.bind(merges);
      Object.assign(merges, { settle: (id: string) => tellSecond().then(() => settle(id)) });
      // The third write is in no fact that comes.
      world.closeBoard(board, [{ playerId: mira, score: 60, achievedAtMs: world.clock.nowMs() }]);
      await eventually(() => expect([isTold, asked > 0]).toContain(true));
      // Closed before its time, and not frozen yet.
      const player = { playerId: world.player('nico'), externalPlayerId: 'nico' };
      const joining = world.messenger.request(joinEventBoard, {
        scope: world.scope,
        player,
        leaderboardId: board,
        limit: 1,
      });
      await expect(joining).rejects.toMatchObject({ code: 'conflict', details: { reason: 'board_closed' } });
      await tellSecond();
      untoldMs = Infinity;
      const asking = { scope: world.scope, leaderboardId: board, afterRank: 0, limit: 10 };
      const { standings } = await eventually(() => world.messenger.request(readFinalStandings, asking));
      expect(standings).toMatchObject([{ participantId: mira, score: 60 }]);
      Reflect.deleteProperty(merges, 'settle');
      Reflect.deleteProperty(backlog, 'oldestMs');
    },
  );
});
