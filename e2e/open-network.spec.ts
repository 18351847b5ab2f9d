import type { Scope } from '@kraty/contracts/common';
import { ensurePlayer, learnCountry } from '@kraty/contracts/identity';
import { eventually } from '@kraty/testing/harness';
import { World } from '@kraty/testing/world';

/** `requirePlayerSecret: false` (01 §3, 12 §2), as a game on a closed test network meets it. */
const game = {
  currencies: [{ key: 'pearls', name: 'Pearls', kind: 'currency' }],
  events: [
    {
      key: 'crab_sprint',
      name: 'Crab sprint',
      status: 'scheduled',
      availability: { mode: 'always_on' },
      metrics: [{ key: 'shells' }],
    },
  ],
};

let sut: World;
let scope: Scope;

beforeAll(async () => {
  const environment = { REQUIRE_PLAYER_SECRET: 'false', COUNTRY_HEADER: 'x-country' };
  sut = await World.start(['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy'], { environment });
  await sut.configure(game);
  scope = { ...sut.scope, environment: 'live' };
});

afterAll(async () => {
  await sut.stop();
});

const start = (name: string, headers: Record<string, string> = {}, body: unknown = {}) =>
  sut.call('POST', `/sdk/v1/players/${name}/events/crab_sprint/start`, { headers, body });

function players(name: string): Promise<Record<string, unknown>[]> {
  const text = `select registered_at, country, anonymized_name, last_context_snapshot as context from player where external_player_id = $1`;
  return sut.ground.sql('identity', text, [name]);
}

describe('where no player secrets are required', () => {
  it('a start makes the player it does not know, without a secret, and the player plays on', async () => {
    const started = await start('ann', { 'x-country': 'pt' });
    expect(started.status).toBe(201);
    const { attempt } = started.json.data as unknown as { attempt: { id: string; playerId: string } };
    expect(await players('ann')).toEqual([
      { registered_at: null, country: 'PT', anonymized_name: expect.stringMatching(/./), context: null },
    ]);
    const path = `/sdk/v1/players/ann/events/crab_sprint/attempts/${attempt.id}/progress`;
    const progress = await sut.call('POST', path, { body: { mode: 'set', metricValue: 3 } });
    expect([progress.status, progress.json.data]).toMatchObject([200, { attempt: { score: 3 } }]);
  });

  it('many first contacts at once make one player and one attempt', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => start('ben')));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array<number>(11).fill(200), 201]);
    expect(await players('ben')).toHaveLength(1);
  });

  it('a start that is refused for its body makes nobody', async () => {
    expect((await start('cat', {}, { playerContext: [] })).status).toBe(400);
    expect(await players('cat')).toEqual([]);
  });

  it.each(['pending-grants', 'inventory', 'wallet'])(
    '%s of an unknown player is that of an empty one',
    async (rest) => {
      await sut.register('newcomer').catch(() => undefined);
      const empty = await sut.call('GET', `/sdk/v1/players/newcomer/${rest}`);
      const answer = await sut.call('GET', `/sdk/v1/players/nobody-1/${rest}`);
      expect([answer.status, answer.text]).toEqual([200, empty.text]);
      expect(await players('nobody-1')).toEqual([]);
    },
  );

  it.each(['wallet/pearls/debit', 'inventory/torch/consume'])('%s of an unknown player is 404', async (rest) => {
    const body = { amount: 1, quantity: 1 };
    const answer = await sut.call('POST', `/sdk/v1/players/nobody-2/${rest}`, { body });
    expect([answer.status, answer.json.error?.code]).toEqual([404, 'not_found']);
  });

  it('the player may register afterwards, and then plays without its secret all the same', async () => {
    await start('dan');
    expect(await sut.register('dan')).toMatch(/^.{43}$/);
    expect((await start('dan')).status).toBe(200);
  });

  it('a banned player is refused like anywhere', async () => {
    await sut.messenger.request(ensurePlayer, { scope, externalPlayerId: 'eve', country: null });
    await sut.ground.sql('identity', `update player set banned_at = now() where external_player_id = 'eve'`);
    const answer = await start('eve');
    expect([answer.status, answer.json.error?.code]).toEqual([403, 'player_banned']);
  });
});

describe('the country of a player', () => {
  it('is learnt at a start while there is none, and then kept', async () => {
    await start('fay');
    expect(await players('fay')).toMatchObject([{ country: null }]);
    expect((await start('fay', { 'x-country': 'nz' })).status).toBe(200);
    await eventually(async () => expect(await players('fay')).toMatchObject([{ country: 'NZ' }]));
    await start('fay', { 'x-country': 'pt' });
    const [{ playerId }] = (await sut.ground.sql(
      'identity',
      `select id as "playerId" from player where external_player_id = 'fay'`,
    )) as [{ playerId: string }];
    const late = await sut.messenger.request(learnCountry, { scope, playerId, country: 'PT' });
    expect(late).toEqual({ learnt: false });
    expect(await players('fay')).toMatchObject([{ country: 'NZ' }]);
  });
});

describe('the context of a start that hands back the running attempt', () => {
  it('becomes the last one of the player', async () => {
    await start('gus', {}, { playerContext: { level: 1 } });
    expect((await start('gus', {}, { playerContext: { level: 2 } })).status).toBe(200);
    expect((await start('gus', {}, { playerContext: {} })).status).toBe(200);
    await eventually(async () => expect(await players('gus')).toMatchObject([{ context: { level: 2 } }]));
  });
});
