import { updateApiKey } from '@kraty/contracts/identity';
import { MovableClock } from '@kraty/platform/clock';
import { eventually } from '@kraty/testing/harness';
import type { Answer, World } from '@kraty/testing/world';
import { atOnce, expectError, minuteMs, mintKey, startWorld } from './client.fixture.js';

/** The beginning of a minute, at which the clock stands still. */
const clock = new MovableClock(new Date('2026-06-01T12:00:00.000Z'));

let world: World;
let secret: string;

beforeAll(async () => {
  world = await startWorld(
    { currencies: [{ key: 'pearls', name: 'Pearls', kind: 'currency', initialBalance: 25 }] },
    { clock },
  );
  secret = await world.register('mira');
});

afterAll(async () => {
  await world.stop();
});

const budget = ({ headers }: Answer): (number | null)[] =>
  ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'retry-after'].map((name) =>
    headers.has(name) ? Number(headers.get(name)) : null,
  );
const read = (key: string, path = '/ping'): Promise<Answer> => world.call('GET', `/sdk/v1${path}`, { key });

describe('01 §8 rate limiting', () => {
  it('counts a minute per key; past the limit 429 rate_limited with the four headers and details', async () => {
    const { plaintext: key } = await mintKey(world, { rateLimits: { sdk_read: 4 } });
    for (const remaining of [3, 2, 1, 0]) {
      const answer = await read(key);
      expect([answer.status, ...budget(answer).slice(0, 2)]).toEqual([200, 4, remaining]);
    }
    const refused = await read(key);
    const [limit, remaining, reset, retryAfter] = budget(refused);
    expect([limit, remaining]).toEqual([4, 0]);
    expect(reset).toBeGreaterThanOrEqual(1);
    expect(reset).toBeLessThanOrEqual(60);
    expect(retryAfter).toBe(reset);
    expectError(refused, 429, 'rate_limited', { bucket: 'sdk_read', limit: 4, retryAfterSeconds: reset });
    clock.advance(minuteMs);
    expect((await read(key)).status).toBe(200);
  });

  it('has a bucket for GET and one for the other verbs', async () => {
    const { plaintext: key } = await mintKey(world, { rateLimits: { sdk_read: 1, sdk_write: 2 } });
    expect((await read(key)).status).toBe(200);
    expectError(await read(key), 429, 'rate_limited');
    const debit = (body: object): Promise<Answer> =>
      world.call('POST', '/sdk/v1/players/mira/wallet/pearls/debit', { key, secret, body });
    const body = { amount: 1, idempotencyKey: 'rate' };
    expect((await debit(body)).status).toBe(200);
    // A replay of an idempotent write costs one like any call.
    expect((await debit(body)).status).toBe(200);
    const refused = await debit(body);
    const { details } = refused.json.error!;
    expectError(refused, 429, 'rate_limited', { bucket: 'sdk_write', limit: 2, retryAfterSeconds: expect.any(Number) });
    expect(details!['retryAfterSeconds']).toBe(budget(refused)[2]);
  });

  it('follows a change of the limits of the key', async () => {
    const key = await mintKey(world, { rateLimits: { sdk_read: 100 } });
    await read(key.plaintext);
    const { operator, scope, messenger } = world;
    await messenger.request(updateApiKey, { operator, ...scope, keyId: key.id, rateLimits: { sdk_read: 50 } });
    await eventually(async () => expect(budget(await read(key.plaintext))[0]).toBe(50));
  });

  it('one key does not spend the budget of another', async () => {
    const [first, second] = [await mintKey(world, { rateLimits: { sdk_read: 1 } }), await mintKey(world, {})];
    await read(first.plaintext);
    expectError(await read(first.plaintext), 429, 'rate_limited');
    expect((await read(second.plaintext)).status).toBe(200);
  });

  it('sends the headers on every reply from step 4 of §4 on, also on refusals', async () => {
    const { plaintext: key } = await mintKey(world, { rateLimits: { sdk_read: 100, sdk_write: 100 } });
    const answers = [
      await read(key, '/players/%00/events'),
      await read(key, '/players/mira/wallet'),
      await read(key, '/event-leaderboards/nope'),
      await read(key, '/leaderboards/nope'),
      await world.call('POST', '/sdk/v1/players/mira/wallet/pearls/debit', { key, secret, body: '{' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 401, 400, 404, 400]);
    for (const answer of answers) {
      const [limit, remaining, reset, retryAfter] = budget(answer);
      expect(limit).toBe(100);
      expect(remaining).toBeLessThan(100);
      expect(reset).toBeGreaterThanOrEqual(1);
      expect(retryAfter).toBeNull();
    }
  });

  it('is looked at before the bounds of the external id and before the secret (§4)', async () => {
    const { plaintext: key } = await mintKey(world, { rateLimits: { sdk_read: 1 } });
    await read(key);
    expectError(await read(key, '/players/%00/wallet'), 429, 'rate_limited');
    expectError(await read(key, '/players/mira/wallet'), 429, 'rate_limited');
    expectError(await world.call('GET', '/sdk/v1/nope', { key }), 404, 'not_found');
  });

  it('counts per player too, 1200 a minute by default; headers are those of the level with the least left', async () => {
    const { plaintext: key } = await mintKey(world, { rateLimits: { sdk_read: 0 } });
    const own = await world.register('busy');
    const wallet = (): Promise<Answer> => world.call('GET', '/sdk/v1/players/busy/wallet', { key, secret: own });
    expect(budget(await wallet()).slice(0, 2)).toEqual([1200, 1199]);
    let refused: Answer | undefined;
    for (let round = 0; round < 26 && !refused; round += 1) {
      refused = (await atOnce(50, wallet)).find(({ status }) => status === 429);
    }
    expectError(refused!, 429, 'rate_limited', {
      bucket: 'sdk_read',
      limit: 1200,
      retryAfterSeconds: expect.any(Number),
    });
    const other = await world.register('calm');
    const calm = await world.call('GET', '/sdk/v1/players/calm/wallet', { key, secret: other });
    expect(calm.status).toBe(200);
  });

  it('failed key or secret checks: 1000 a minute per address, then 429 with bucket auth', async () => {
    clock.advance(minuteMs);
    const guess = (): Promise<Answer> => world.call('GET', '/sdk/v1/ping', { key: 'pAAAAAAA.nope' });
    expect((await guess()).status).toBe(401);
    const answers: Answer[] = [];
    for (let round = 0; round < 21; round += 1) answers.push(...(await atOnce(50, guess)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    expectError(refused[0]!, 429, 'rate_limited', expect.objectContaining({ bucket: 'auth', limit: 1000 }));
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    clock.advance(minuteMs);
    expect((await guess()).status).toBe(401);
  });
});
