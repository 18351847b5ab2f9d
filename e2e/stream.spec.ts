import { World, type Answer, type Player } from '@kraty/testing/world';
import { BoardStream } from './board-stream.fixture.js';

const game = {
  events: [
    {
      key: 'sprint',
      name: 'Sprint',
      status: 'scheduled',
      availability: { mode: 'always_on' },
      metrics: [{ key: 'shells' }],
      attempt: { replayableDuringWindow: true },
    },
  ],
};

let world: World;

beforeAll(async () => {
  world = await World.start(['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy']);
  await world.configure(game);
});

afterAll(async () => {
  await world.stop();
});

interface Attempt {
  id: string;
  leaderboardId: string;
  playerId: string;
}

const start = async (player: Player): Promise<Attempt> => {
  const answer = await player.post('/events/sprint/start');
  return (answer.json.data as unknown as { attempt: Attempt }).attempt;
};

const report = (player: Player, attempt: Attempt, body: object): Promise<Answer> =>
  player.post(`/events/sprint/attempts/${attempt.id}/progress`, body);

describe('the live board', () => {
  it('shows every accepted write of a player and nothing else', async () => {
    const [mira, tomo] = [await world.player('mira'), await world.player('tomo')];
    const first = await start(mira);
    const stream = await BoardStream.open(world, `/sdk/v1/leaderboards/${first.leaderboardId}/stream`);
    expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await stream.next()).toEqual({
      event: 'ready',
      data: { leaderboardId: first.leaderboardId, finalized: false },
    });

    const second = await start(tomo);
    const key = { mode: 'increment', metricValue: 5, idempotencyKey: 'same' };
    await report(mira, first, key);
    await report(mira, first, key);
    await report(tomo, second, { mode: 'set', metricValue: 9 });
    await report(mira, first, { mode: 'set', metricValue: 1 });
    await report(mira, first, { mode: 'set', metrics: { unknown: 1 } });

    const frames = [await stream.next(), await stream.next(), await stream.next()];
    expect(frames.map(({ event }) => event)).toEqual(['score_update', 'score_update', 'score_update']);
    expect(frames.map(({ data }) => [data['participantId'], data['score'], data['rank']])).toEqual([
      [first.playerId, 5, 1],
      [second.playerId, 9, 1],
      [first.playerId, 5, 2],
    ]);
    expect(frames[0]!.data).toEqual({
      leaderboardId: first.leaderboardId,
      participantId: first.playerId,
      kind: 'player',
      name: expect.any(String),
      avatar: null,
      score: 5,
      rank: 1,
      occurredAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    await report(tomo, second, { mode: 'set', metricValue: 10 });
    expect((await stream.next()).data).toMatchObject({ participantId: second.playerId, score: 10 });
    stream.close();
  });

  it('shows each of many writes that arrive at once', async () => {
    const ines = await world.player('ines');
    const attempt = await start(ines);
    const stream = await BoardStream.open(world, `/sdk/v1/event-leaderboards/${attempt.leaderboardId}/stream`);
    await stream.next();
    const writes = 20;
    await Promise.all(
      Array.from({ length: writes }, () => report(ines, attempt, { mode: 'increment', metricValue: 1 })),
    );
    const scores: unknown[] = [];
    while (scores.length < writes) scores.push((await stream.next()).data['score']);
    expect(scores.at(-1)).toBe(writes);
    stream.close();
  });

  it('refuses an unknown board before the stream opens', async () => {
    const path = '/sdk/v1/event-leaderboards/0198f0b2-0000-7000-8000-000000000000/stream';
    expect(await world.call('GET', path)).toMatchObject({ status: 404, json: { error: { code: 'not_found' } } });
  });
});
