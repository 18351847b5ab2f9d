import { eventually } from '@kraty/testing/harness';
import { World, type Answer, type Player } from '@kraty/testing/world';

/** Boards the game has defined, as clients of both generations read and feed them (02 §§7.0, 7.3–7.8). */
const game = {
  currencies: [
    { key: 'pearls', name: 'Pearls', kind: 'currency' },
    { key: 'league_tier', name: 'League', kind: 'progression', clientWritable: true },
  ],
  leaderboards: [
    { key: 'weekly_shells', name: 'Weekly', resetCadence: 'weekly', scoreAggregation: 'sum' },
    {
      key: 'regions',
      name: 'Regions',
      resetCadence: 'never',
      segmentation: { type: 'context', key: 'region', values: ['PT', 'BR'] },
    },
    {
      key: 'league',
      name: 'League',
      resetCadence: 'weekly',
      segmentation: {
        type: 'progression',
        economyKey: 'league_tier',
        divisions: [
          { key: 'bronze', min: 0 },
          { key: 'gold', min: 2 },
        ],
      },
      progression: { itemKey: 'league_tier', promote: { places: 3 } },
    },
    { key: 'servers_only', name: 'Servers', resetCadence: 'never', acceptClientScores: false },
  ],
  events: [
    {
      key: 'sprint',
      name: 'Sprint',
      status: 'scheduled',
      availability: { mode: 'always_on' },
      metrics: [{ key: 'shells', target: 1_000 }],
      contributesTo: ['weekly_shells', 'ghost'],
    },
  ],
};

let world: World;
let mira: Player;
let nico: Player;

beforeAll(async () => {
  world = await World.start(['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy']);
  await world.configure(game);
  mira = await world.player('mira');
  nico = await world.player('nico');
}, 120_000);

afterAll(async () => {
  await world?.stop();
});

const get = (path: string): Promise<Answer> => world.call('GET', `/sdk/v1${path}`);

function data<T = Record<string, unknown>>(answer: Answer): T {
  if (answer.status !== 200) throw new Error(`refused: ${answer.status} ${answer.text}`);
  return answer.json.data as unknown as T;
}

describe('a board of the game', () => {
  it('counts what events and direct scores bring, each once, and reads alike in both families', async () => {
    const started = await mira.post('/events/sprint/start', {});
    const { attempt } = started.json.data as unknown as { attempt: { id: string; leaderboardId: string } };
    const body = { mode: 'increment', metricValue: 40, idempotencyKey: 'p-1' };
    for (let times = 0; times < 2; times += 1) {
      data(await mira.post(`/events/sprint/attempts/${attempt.id}/progress`, body));
    }
    await eventually(async () => {
      const own = data(await get('/leaderboards/weekly_shells?includeSelf=true&externalId=mira'));
      expect(own).toMatchObject({ self: { rank: 1, score: 40 } });
    });
    const submission = { value: 2.5, idempotencyKey: 's-1' };
    const first = await mira.post('/leaderboards/weekly_shells/score', submission);
    const again = await mira.post('/leaderboards/weekly_shells/score', submission);
    expect(data(first)).toMatchObject({ score: 42.5, rank: 1 });
    expect(again.text).toBe(first.text);
    const read = data(await get('/leaderboards/weekly_shells?includeSelf=1&externalId=mira&limit=1'));
    expect(read).toMatchObject({
      key: 'weekly_shells',
      scope: 'game',
      resetCadence: 'weekly',
      scoreAggregation: 'sum',
      segment: null,
      self: { rank: 1, score: 42.5 },
      entries: [{ name: expect.any(String), isSelf: true, player: { externalPlayerId: 'mira' } }],
    });
    expect(read['sharedLeaderboardId']).toBe(read['leaderboardId']);
    expect(data(await get('/shared-leaderboards/weekly_shells?includeSelf=1&externalId=mira&limit=1'))).toEqual(read);
    const { board } = { board: data(await get(`/leaderboards/${attempt.leaderboardId}`)) };
    expect(board).toMatchObject({ leaderboardId: attempt.leaderboardId, mode: 'global' });
    expect(data(await get(`/event-leaderboards/${attempt.leaderboardId}`))).toEqual(board);
  });

  it('is joined without a score, and shows the limits of its ladder', async () => {
    const joined = data(await nico.post('/leaderboards/league/join', {}));
    expect(joined).toMatchObject({
      segment: 'bronze',
      joined: true,
      self: { rank: 1, score: 0 },
      progression: { promotion: { places: 3, itemKey: 'league_tier' }, relegation: null },
      entries: [{ isSelf: true }],
    });
    expect(data(await get('/leaderboards/league?externalId=nico'))).toMatchObject({ segment: 'bronze', self: null });
    expect(data(await get('/leaderboards/league?segment=gold'))).toMatchObject({ segment: 'gold', entries: [] });
    const standings = data<{ segments: unknown[] }>(
      await get('/leaderboards/league/standings?scope=mine&externalId=nico'),
    );
    expect(standings.segments).toMatchObject([{ segment: 'bronze', participated: true, selfRank: 1 }]);
    expect(data(await get('/leaderboards/league/periods'))).toMatchObject({ key: 'league', periods: [] });
  });

  it('is joined on an event without an attempt', async () => {
    const { leaderboardId } = (await mira.post('/events/sprint/start', {})).json.data as unknown as {
      leaderboardId: string;
    };
    expect(data(await nico.post(`/event-leaderboards/${leaderboardId}/join`, {}))).toMatchObject({
      joined: true,
      self: { rank: 2, score: 0 },
    });
  });
});

describe('what a board refuses', () => {
  it.each([
    ['an unknown key', () => get('/leaderboards/ghost'), 404, 'not_found'],
    [
      'the id of a board in place of its key',
      () => get('/shared-leaderboards/0198f0aa-0000-7000-8000-000000000001'),
      404,
      'not_found',
    ],
    [
      'an event board by something else than an id',
      () => get('/event-leaderboards/weekly_shells'),
      400,
      'validation_failed',
    ],
    ['the stream of a board that has none', () => get('/leaderboards/weekly_shells/stream'), 404, 'not_found'],
    ['a read that names no segment', () => get('/leaderboards/regions'), 400, 'validation_failed'],
    ['a segment outside the list', () => get('/leaderboards/regions?segment=DE'), 400, 'validation_failed'],
    ['a derived segment of nobody', () => get('/leaderboards/league'), 400, 'validation_failed'],
    ['a period that is no time', () => get('/leaderboards/weekly_shells?period=yesterday'), 400, 'validation_failed'],
    [
      'a period nobody was in',
      () => get('/leaderboards/weekly_shells?period=2020-01-06T00:00:00.000Z'),
      404,
      'not_found',
    ],
    ['a limit of 0', () => get('/leaderboards/weekly_shells?limit=0'), 400, 'validation_failed'],
    ['a limit of 201', () => get('/leaderboards/weekly_shells?limit=201'), 400, 'validation_failed'],
    ['101 segments', () => get('/leaderboards/league/standings?maxSegments=101'), 400, 'validation_failed'],
    ['standings of nobody', () => get('/leaderboards/league/standings?scope=mine'), 400, 'validation_failed'],
    ['standings of no segment', () => get('/leaderboards/league/standings?scope=segment'), 400, 'validation_failed'],
    ['101 periods', () => get('/leaderboards/league/periods?limit=101'), 400, 'validation_failed'],
    [
      'a score of a client',
      () => mira.post('/leaderboards/servers_only/score', { value: 1 }),
      403,
      'client_scoring_disabled',
    ],
    [
      'a score that is a text',
      () => mira.post('/leaderboards/weekly_shells/score', { value: '1' }),
      400,
      'validation_failed',
    ],
    [
      'a score beyond the bound',
      () => mira.post('/leaderboards/weekly_shells/score', { value: 1.1e15 }),
      400,
      'validation_failed',
    ],
    ['a score without segment', () => mira.post('/leaderboards/regions/score', { value: 1 }), 400, 'validation_failed'],
    ['a join without segment', () => mira.post('/leaderboards/regions/join', {}), 400, 'validation_failed'],
    ['a join by an odd id', () => mira.post('/event-leaderboards/abc/join', {}), 400, 'validation_failed'],
  ])('%s', async (_, call, status, code) => {
    const answer = await call();
    expect([answer.status, (answer.json as unknown as { error: { code: string } }).error.code]).toEqual([status, code]);
  });

  it('names the segments there are', async () => {
    const { error } = (await get('/leaderboards/regions?segment=DE')).json as unknown as { error: { details: object } };
    expect(error.details).toMatchObject({ allowed: ['PT', 'BR'] });
  });
});
