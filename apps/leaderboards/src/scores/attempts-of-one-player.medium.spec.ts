import { attemptScored, type AttemptScored } from '@kraty/contracts/events';
import type { Fact } from '@kraty/contracts/messages';
import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { BoardsWorld } from '../boards-world.fixture.js';
import { Scores } from './scores.service.js';

let world: BoardsWorld;

beforeAll(async () => {
  world = await BoardsWorld.start('2026-06-17T12:00:00.000Z');
});

afterAll(() => world.stop());

interface Told {
  attemptId: string;
  score: number;
}

function factOf(leaderboardId: string, playerId: string, { attemptId, score }: Told): Fact<AttemptScored> {
  const nowMs = world.clock.nowMs();
  const times = { bestAtMs: nowMs, scoreAtMs: nowMs, writtenAtMs: nowMs };
  const of = { attemptId, eventId: uuidV7(), eventWindowId: uuidV7(), leaderboardId, playerId };
  return {
    id: uuidV7(),
    type: attemptScored.subject,
    scope: world.scope,
    aggregateId: attemptId,
    revision: 1,
    occurredAt: world.clock.now().toISOString(),
    payload: { ...of, score, bestScore: score, ...times },
  };
}

async function scoresOf(board: string): Promise<number[]> {
  const text = 'select score from board_entry where leaderboard_id = $1';
  return (await world.ground.sql<{ score: number }>('leaderboards', text, [board])).map(({ score }) => score);
}

describe('a batch that tells of several attempts of one player', () => {
  const applyOne = (board: string, player: string, told: Told[]) =>
    world.host
      .service('leaderboards')
      .app.get(Scores)
      .apply(told.map((one) => factOf(board, player, one)));

  it('counts the best of them', async () => {
    const [board, mira] = [world.openBoard(), world.player('mira')];
    world.score(board, mira, { attemptId: uuidV7(), revision: 1, score: 3 });
    await eventually(async () => expect(await scoresOf(board)).toEqual([3]));
    await applyOne(
      board,
      mira,
      [50, 70, 60].map((score) => ({ attemptId: uuidV7(), score })),
    );
    expect(await scoresOf(board)).toEqual([70]);
  });

  it('counts the best of those that no operator has overridden, also beside a repeated fact of one that is', async () => {
    const [board, zoe, overridden, fresh] = [world.openBoard(), world.player('zoe'), uuidV7(), uuidV7()];
    world.score(board, zoe, { attemptId: overridden, revision: 1, score: 900 });
    await eventually(async () => expect(await scoresOf(board)).toEqual([900]));
    world.others.standings.set(board, [{ playerId: zoe, score: 10, achievedAtMs: world.clock.nowMs() }]);
    world.override(board, zoe, overridden, { score: 10 });
    await eventually(async () => expect(await scoresOf(board)).toEqual([10]));
    const [again, other] = [
      { attemptId: overridden, score: 900 },
      { attemptId: fresh, score: 50 },
    ];
    await applyOne(board, zoe, [again, other, { attemptId: uuidV7(), score: 40 }]);
    expect(await scoresOf(board)).toEqual([50]);
  });
});
