import type {
  BoardHistory,
  Contributor,
  ImportedIdentities,
  InspectedList,
  RankedList,
} from '@kraty/contracts/leaderboards';
import { eventually } from '@kraty/testing/harness';
import { World, type Player } from '@kraty/testing/world';
import { dataOf, Operator, verdictOf } from './operator.fixture.js';

/** Boards as operators look at them and set them right (04 §6), on what players have really done. */
const teams = {
  type: 'combined',
  axes: [{ type: 'country' }, { type: 'context', key: 'team' }],
};
const game = {
  currencies: [{ key: 'xp', name: 'Experience', kind: 'progression', clientWritable: true }],
  identityPools: [{ key: 'sailors', name: 'Sailors', entries: [{ name: 'Ada' }] }],
  bots: [{ key: 'runner', name: 'Runner', behavior: { type: 'single', block: 'idle' } }],
  leaderboards: [
    { key: 'weekly', name: 'Weekly', resetCadence: 'weekly' },
    { key: 'wealth', name: 'Wealth', resetCadence: 'never', rankBy: { type: 'progression', economyKey: 'xp' } },
    { key: 'nations', name: 'Nations', resetCadence: 'weekly', segmentation: { type: 'country' } },
    { key: 'teams', name: 'Teams', resetCadence: 'weekly', segmentation: teams },
  ],
  events: [
    {
      key: 'sprint',
      name: 'Sprint',
      status: 'scheduled',
      availability: { mode: 'always_on' },
      metrics: [{ key: 'shells', target: 1_000 }],
      contributesTo: ['weekly'],
      botBindings: [{ botKey: 'runner', count: 1 }],
    },
  ],
};

let world: World;
let operator: Operator;
let sprint: string;
const players = new Map<string, Player>();

beforeAll(async () => {
  const environment = { COUNTRY_HEADER: 'x-country' };
  world = await World.start(['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy'], { environment });
  await world.configure(game);
  operator = await Operator.signIn(world);
  for (const [at, name] of ['mira', 'nico', 'olga', 'pia'].entries()) {
    const player = await world.player(name);
    players.set(name, player);
    const started = await player.post('/events/sprint/start', { playerContext: { team: 'red' } });
    const { attempt } = dataOf<{ attempt: { id: string; leaderboardId: string } }>(started);
    sprint = attempt.leaderboardId;
    const body = { mode: 'increment', metricValue: 10 * (at + 1), idempotencyKey: `p-${name}` };
    expect((await player.post(`/events/sprint/attempts/${attempt.id}/progress`, body)).status).toBe(200);
  }
  await eventually(async () => {
    expect((await inspect(sprint)).participants).toBe(5);
    // The one board where nobody plays but the bot.
    expect(await boards('?environment=test')).toMatchObject([{ participants: 1 }]);
  });
});

afterAll(() => world?.stop());

const inspect = (id: string, query = '') => operator.done<InspectedList>('GET', `/boards/${id}${query}`);
const boards = (query = '') => operator.done<RankedList[]>('GET', `/boards${query}`);
let newcomers = 0;
async function nameOfNewcomer(): Promise<string> {
  const registered = await world.call('POST', `/sdk/v1/players/newcomer-${(newcomers += 1)}/register`, { body: {} });
  return dataOf<{ anonymizedIdentity: { name: string } }>(registered).anonymizedIdentity.name;
}
const as = (name: string): Player => players.get(name)!;

describe('the boards of a game', () => {
  it('are listed by kind and key, with who is on top', async () => {
    expect(await boards('?kind=event_leaderboard')).toMatchObject([
      { leaderboardId: sprint, eventKey: 'sprint', participants: 5, topScore: 40, finalized: false },
    ]);
    expect(await boards('?q=WEEK')).toMatchObject([{ kind: 'leaderboard', key: 'weekly', participants: 4 }]);
    expect(await boards('?environment=test')).toMatchObject([{ eventKey: 'sprint', participants: 1, topScore: 0 }]);
    expect(verdictOf(await operator.call('GET', '/boards?kind=ladder'))).toEqual([400, 'validation_failed']);
  });

  it('show their rows with external ids and bots, from the top or around a player', async () => {
    const { entries } = await inspect(sprint);
    expect(entries.map(({ externalPlayerId, botKey, slot, rank }) => [externalPlayerId, botKey, slot, rank])).toEqual([
      ['pia', null, null, 1],
      ['olga', null, null, 2],
      ['nico', null, null, 3],
      ['mira', null, null, 4],
      [null, 'runner', 0, 5],
    ]);
    const around = await inspect(sprint, '?around=nico&limit=2');
    expect(around.entries.map(({ externalPlayerId }) => externalPlayerId)).toEqual(['olga', 'nico']);
    for (const query of ['?around=nobody', '?segment=x&period=2020-01-06T00:00:00.000Z&around=nobody']) {
      expect(verdictOf(await operator.call('GET', `/boards/${sprint}${query}`))).toEqual([404, 'not_found']);
    }
    const [weekly] = await boards('?q=weekly');
    const listed = await inspect(weekly!.leaderboardId, `?period=${weekly!.period}`);
    expect(listed).toMatchObject({ period: weekly!.period, segment: null, participants: 4 });
  });

  it('tell how scores are spread, and are made anew', async () => {
    const { buckets } = await operator.done<{ buckets: { players: number; bots: number }[] }>(
      'GET',
      `/boards/${sprint}/distribution?buckets=5`,
    );
    expect(buckets.map(({ players: humans, bots }) => [humans, bots])).toEqual([
      [0, 1],
      [1, 0],
      [1, 0],
      [1, 0],
      [1, 0],
    ]);
    for (const wrong of [4, 101, 'x']) {
      const answer = await operator.call('GET', `/boards/${sprint}/distribution?buckets=${wrong}`);
      expect(verdictOf(answer)).toEqual([400, 'validation_failed']);
    }
    const rebuilt = await operator.call('POST', `/boards/${sprint}/rebuild`, {});
    expect(rebuilt.status).toBe(202);
    const read = await world.call('GET', `/sdk/v1/leaderboards/${sprint}?limit=1`);
    expect(read.json.data).toMatchObject({ entries: [{ score: 40, rank: 1 }] });
  });

  it('tell how their top came about', async () => {
    const history = await operator.done<BoardHistory>(
      'GET',
      `/boards/${sprint}/history?top=2&range=1h&externalId=mira`,
    );
    // The first sample is taken when it is due; who is asked for has a line in any case.
    expect(history.series.map(({ name }) => name)).toHaveLength(
      new Set(history.series.map((line) => line.participantId)).size,
    );
    expect(history.series.length).toBeGreaterThan(0);
    for (const query of ['?top=21', '?top=0', '?range=2h', '?top=x']) {
      const answer = await operator.call('GET', `/boards/${sprint}/history${query}`);
      expect(verdictOf(answer)).toEqual([400, 'validation_failed']);
    }
    const unknown = await operator.call('GET', `/boards/${sprint}/history?externalId=nobody`);
    expect(verdictOf(unknown)).toEqual([404, 'not_found']);
  });

  it('name the events that feed them', async () => {
    expect(await operator.done<Contributor[]>('GET', '/leaderboards/weekly/contributors')).toEqual([
      { key: 'sprint', name: 'Sprint', status: 'scheduled' },
    ]);
    expect(await operator.done<Contributor[]>('GET', '/leaderboards/wealth/contributors')).toEqual([]);
    expect(verdictOf(await operator.call('GET', '/leaderboards/ghost/contributors'))).toEqual([404, 'not_found']);
  });

  it('lose a participant for good, once, with a reason on record', async () => {
    const { participantId } = (await inspect(sprint)).entries[0]!;
    const path = `/boards/${sprint}/entries/${participantId}`;
    const viewer = await Operator.signIn(world, 'GAME_DESIGNER');
    expect(verdictOf(await viewer.call('DELETE', path, { reason: 'cheated' }))).toEqual([403, 'forbidden']);
    expect(verdictOf(await operator.call('DELETE', path, {}))).toEqual([400, 'validation_failed']);
    expect(await operator.done('DELETE', path, { reason: 'cheated' })).toMatchObject({ score: 40, applied: true });
    expect(await operator.done('DELETE', path, { reason: 'cheated' })).toMatchObject({ score: 40, applied: false });
    await eventually(async () => {
      const read = await world.call('GET', `/sdk/v1/leaderboards/${sprint}?includeSelf=1&externalId=pia`);
      expect(read.json.data).toMatchObject({ self: null, entries: [{ score: 30, rank: 1 }, {}, {}, {}] });
    });
    await eventually(async () => {
      const rows = await operator.done('GET', '/audit?action=leaderboard.entry_remove');
      expect(rows).toMatchObject([{ action: 'leaderboard.entry_remove', reason: 'cheated' }]);
    });
  });

  it('are for those whose role says so', async () => {
    const viewer = await Operator.signIn(world, 'GAME_VIEWER');
    expect((await viewer.call('GET', `/boards/${sprint}`)).status).toBe(200);
    expect(verdictOf(await viewer.call('POST', `/boards/${sprint}/rebuild`, {}))).toEqual([403, 'forbidden']);
  });
});

describe('an identity pool', () => {
  it('takes names from a file, each once', async () => {
    const csv = 'name,avatar,country\nAda,,\nBram,,PT\nCleo,,Portugal\n';
    const imported = await operator.done<ImportedIdentities>('POST', '/identity-pools/sailors/import', { csv });
    expect(imported).toEqual({
      added: 1,
      skipped: 1,
      problems: [{ entry: 3, message: 'country must be two capital letters' }],
    });
    const again = { entries: [{ name: 'Ada' }, { name: 'Bram' }] };
    const known = await operator.done<ImportedIdentities>('POST', '/identity-pools/sailors/import', again);
    expect(known).toEqual({ added: 0, skipped: 2, problems: [] });
    expect(await operator.done('GET', '/identity-pools/sailors')).toMatchObject({ version: 2 });
    expect(verdictOf(await operator.call('POST', '/identity-pools/sailors/import', {}))).toEqual([
      400,
      'validation_failed',
    ]);
  });

  it('may be the default of the game, which its document says as well', async () => {
    const settings = await operator.call('GET', '/settings');
    const version = Number(settings.headers.get('etag')!.replaceAll('"', ''));
    const changed = await operator.done('PATCH', '/settings', { defaultIdentityPoolId: 'sailors' }, { version });
    expect(changed).toMatchObject({ defaultIdentityPoolKey: 'sailors' });
    await world.configure({ settings: { defaultIdentityPoolKey: 'sailors' } });
    await expect(world.configure({ settings: { defaultIdentityPoolKey: 'no key' } })).rejects.toMatchObject({
      status: 400,
    });
    await expect(world.configure({ settings: { defaultIdentityPoolKey: 'nobody' } })).rejects.toMatchObject({
      code: 'config_invalid',
    });
    const unknown = { defaultIdentityPoolId: 'nobody' };
    expect(verdictOf(await operator.call('PATCH', '/settings', unknown, { version: version + 1 }))).toEqual([
      400,
      'validation_failed',
    ]);
  });

  it('names new players from then on, also with names that come later', async () => {
    await eventually(async () => expect(await nameOfNewcomer()).toMatch(/^(Ada|Bram)/));
    const entries = Array.from({ length: 60 }, (_, at) => ({ name: `Zoe the ${at}.` }));
    await operator.done('POST', '/identity-pools/sailors/import', { entries });
    await eventually(async () => expect(await nameOfNewcomer()).toMatch(/^Zoe/));
  });
});

describe('where players land', () => {
  it('follows the country of a join or a score, which stays with the player', async () => {
    for (const [name, route, body] of [
      ['mira', 'join', {}],
      ['nico', 'score', { value: 7 }],
    ] as const) {
      const path = `/sdk/v1/players/${name}/leaderboards/nations/${route}`;
      const options = { secret: as(name).secret, headers: { 'x-country': 'pt' }, body };
      expect((await world.call('POST', path, options)).status).toBe(200);
    }
    const read = await world.call('GET', '/sdk/v1/leaderboards/nations?segment=PT');
    expect(read.json.data).toMatchObject({ entries: [{ score: 7 }, { score: 0 }] });
    const text = `select country from player where external_player_id in ('mira', 'nico')`;
    await eventually(async () =>
      expect(await world.ground.sql('identity', text)).toEqual([{ country: 'PT' }, { country: 'PT' }]),
    );
    // Boards know it a moment later, and without it the next test's score would count elsewhere for the whole week.
    await eventually(async () => {
      const shown = await world.call('GET', '/sdk/v1/leaderboards/nations?segment=PT');
      expect(shown.json.data).toMatchObject({ entries: [{ country: 'PT' }, { country: 'PT' }] });
    });
  });

  it('takes the context of the last start for a direct score', async () => {
    const text = `select last_context_snapshot as context from player where external_player_id = 'mira'`;
    await eventually(async () =>
      expect(await world.ground.sql('identity', text)).toEqual([{ context: { team: 'red' } }]),
    );
    const scored = await as('mira').post('/leaderboards/teams/score', { value: 4 });
    expect(scored.status).toBe(200);
    const read = await world.call('GET', '/sdk/v1/leaderboards/teams?segment=PT%7Cred');
    expect(read.json.data).toMatchObject({ segment: 'PT|red', entries: [{ score: 4 }] });
  });
});

describe('a board that ranks by a progression', () => {
  it('shows every change before its answer', async () => {
    const stale: number[] = [];
    for (let total = 1; total <= 20; total += 1) {
      expect((await as('olga').post('/wallet/xp/progress', { amount: 1 })).status).toBe(200);
      const read = await world.call('GET', '/sdk/v1/leaderboards/wealth?includeSelf=1&externalId=olga');
      const { self } = dataOf<{ self: { score: number } | null }>(read);
      if (self?.score !== total) stale.push(total);
    }
    expect(stale).toEqual([]);
  });
});
