import { readBoardHistory } from '@kraty/contracts/leaderboards';
import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { BoardsWorld } from '../boards-world.fixture.js';
import { Ranks } from '../ranks/ranks.service.js';
import { HistoryWorker } from './history.worker.js';

const now = '2026-06-17T12:00:00.000Z';
const dayMs = 86_400_000;

let world: BoardsWorld;
let worker: HistoryWorker;

beforeAll(async () => {
  world = await BoardsWorld.start(now);
  worker = await world.byHand(HistoryWorker);
});

afterAll(() => world.stop());

describe('the history of a board', () => {
  it('has a point where the top was another, by whichever instance, for a week', async () => {
    const [board, mira, nico] = [world.openBoard(), world.player('mira'), world.player('nico')] as const;
    const attemptId = uuidV7();
    const ranks = world.host.service('leaderboards').app.get(Ranks);
    const scores = async () => (await ranks.top(board, 2)).map(({ score }) => score);
    const history = (playerId: string | null, rangeMs = 7 * dayMs) =>
      world.messenger.request(readBoardHistory, {
        ...{ scope: world.scope, leaderboardId: board, period: null, segment: null },
        ...{ top: 1, playerId, rangeMs },
      });
    world.score(board, mira, { attemptId, revision: 1, score: 10 });
    await eventually(async () => expect(await scores()).toEqual([10]));
    await Promise.all([worker.round(), worker.round()]);
    world.clock.advance(10_000);
    await worker.round();
    world.clock.advance(20_000);
    await worker.round();
    world.score(board, nico, { attemptId: uuidV7(), revision: 1, score: 30 });
    await eventually(async () => expect(await scores()).toEqual([30, 10]));
    world.clock.advance(30_000);
    await worker.round();

    const at = (seconds: number) => new Date(Date.parse(now) + seconds * 1_000).toISOString();
    const ofNico = { participantId: nico, name: 'nico', points: [{ at: at(60), score: 30, rank: 1 }] };
    expect(await history(null)).toEqual({ series: [ofNico] });
    const miras = [
      { at: at(0), score: 10, rank: 1 },
      { at: at(60), score: 10, rank: 2 },
    ];
    expect(await history(mira)).toEqual({ series: [ofNico, { participantId: mira, name: 'mira', points: miras }] });
    expect((await history(mira, 30_000)).series[1]!.points).toEqual(miras.slice(1));
    world.clock.advance(7 * dayMs + 1);
    await worker.round();
    const kept = await world.ground.sql('leaderboards', 'select at from board_sample where leaderboard_id = $1', [
      board,
    ]);
    expect(kept).toEqual([]);
  });

  it('goes on where one list cannot be read, which is looked at again next time', async () => {
    const ranks = world.host.service('leaderboards').app.get(Ranks);
    const [broken, board] = [world.openBoard(), world.openBoard()] as const;
    for (const one of [broken, board])
      world.score(one, world.player('olga'), { attemptId: uuidV7(), revision: 1, score: 5 });
    await eventually(async () =>
      expect(await Promise.all([ranks.top(broken, 1), ranks.top(board, 1)])).toMatchObject([[{}], [{}]]),
    );
    const top = ranks.top.bind(ranks);
    ranks.top = (id, limit) => (id === broken ? Promise.reject(new Error('unreadable')) : top(id, limit));
    const sampled = async () => {
      const text = 'select leaderboard_id as id from board_sample where leaderboard_id in ($1, $2)';
      return (await world.ground.sql<{ id: string }>('leaderboards', text, [broken, board])).map(({ id }) => id);
    };
    try {
      await worker.round();
      expect(await sampled()).toEqual([board]);
    } finally {
      Reflect.deleteProperty(ranks, 'top');
    }
    world.clock.advance(30_000);
    await worker.round();
    expect((await sampled()).toSorted()).toEqual([broken, board].toSorted());
  });
});
