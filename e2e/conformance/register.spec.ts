import { MovableClock } from '@kraty/platform/clock';
import type { Answer, World } from '@kraty/testing/world';
import { atOnce, data, expectError, iso, minuteMs, startWorld, text, uuid } from './client.fixture.js';

const clock = new MovableClock(new Date('2026-06-01T12:00:00.000Z'));

interface Registration {
  playerId: string;
  externalPlayerId: string;
  secret: string;
  secretPrefix: string;
  registeredAt: string;
  anonymizedIdentity: { name: string; avatar: string | null; country: string | null };
}

let world: World;

beforeAll(async () => {
  world = await startWorld({}, { clock });
});

afterAll(async () => {
  await world.stop();
});

const register = (who: string, options: { key?: string; query?: string; body?: unknown } = {}): Promise<Answer> =>
  world.call('POST', `/sdk/v1/players/${who}/register${options.query ?? ''}`, { body: {}, ...options });
const minted = (answer: Answer): Registration => data<Registration>(answer, 201);
const wallet = async (who: string, secret: string, key?: string): Promise<number> =>
  (await world.call('GET', `/sdk/v1/players/${who}/wallet`, { key, secret })).status;

describe('02 §9 register', () => {
  it('no such player: 201, player made, every field of the reply', async () => {
    const reply = minted(await register('mira'));
    const { name, avatar, country } = reply.anonymizedIdentity;
    const identity = { name: text, avatar, country };
    expect(reply).toEqual({
      playerId: uuid,
      externalPlayerId: 'mira',
      secret: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      secretPrefix: reply.secret.slice(0, 8),
      registeredAt: iso,
      country: null,
      syntheticIdentity: { name, avatar },
      displayIdentity: identity,
      anonymizedIdentity: identity,
    });
    expect(reply.registeredAt).toBe(clock.now().toISOString());
    expect(await wallet('mira', reply.secret)).toBe(200);
  });

  it('body and content type are optional', async () => {
    const bare = await world.call('POST', '/sdk/v1/players/bare/register');
    expect(bare.status).toBe(201);
  });

  it('player has a secret, no force: 409 player_already_registered, whatever the key', async () => {
    for (const key of [world.keys.clientLive, world.keys.clientTest]) {
      const first = minted(await register('again', { key }));
      expectError(await register('again', { key }), 409, 'player_already_registered');
      expectError(await register('again', { key, query: '?force=false' }), 409, 'player_already_registered');
      expect(await wallet('again', first.secret, key)).toBe(200);
    }
  });

  it('force is ignored by a live key', async () => {
    const first = minted(await register('live'));
    expectError(await register('live', { query: '?force=true' }), 409, 'player_already_registered');
    expect(await wallet('live', first.secret)).toBe(200);
  });

  it('force on another key: 201, new secret, the old one dies at once, the rest stays', async () => {
    const key = world.keys.clientTest;
    const first = minted(await register('forced', { key }));
    expect(await wallet('forced', first.secret, key)).toBe(200);
    clock.advance(minuteMs);
    for (const query of ['?force=true', '?force=1']) {
      const next = minted(await register('forced', { key, query }));
      expect(next.secret).not.toBe(first.secret);
      expect(next).toEqual({ ...first, secret: next.secret, secretPrefix: next.secret.slice(0, 8) });
      expect([await wallet('forced', first.secret, key), await wallet('forced', next.secret, key)]).toEqual([401, 200]);
    }
  });

  it('anything but true and 1 means false, also null and nonsense', async () => {
    const key = world.keys.clientTest;
    minted(await register('unforced', { key }));
    for (const query of ['?force=null', '?force=', '?force=yes', '?force=TRUE', '?force=0']) {
      expectError(await register('unforced', { key, query }), 409, 'player_already_registered');
    }
  });

  it('two concurrent first registrations: one 201, one 409', async () => {
    const answers = await atOnce(12, () => register('crowd'));
    const winners = answers.filter(({ status }) => status === 201);
    expect(winners).toHaveLength(1);
    for (const loser of answers.filter(({ status }) => status !== 201)) {
      expectError(loser, 409, 'player_already_registered');
    }
    expect(await wallet('crowd', minted(winners[0]!).secret)).toBe(200);
  });
});

describe('01 §6 the replay of a registration', () => {
  const body = { idempotencyKey: 'device-1' };

  it('same key, under 10 minutes, secret not used: 201 with a new secret, the former dies, rest equal', async () => {
    const first = minted(await register('lost', { body }));
    clock.advance(10 * minuteMs - 1);
    const again = minted(await register('lost', { body }));
    expect(again.secret).not.toBe(first.secret);
    expect(again).toEqual({ ...first, secret: again.secret, secretPrefix: again.secret.slice(0, 8) });
    expect(await wallet('lost', first.secret)).toBe(401);
    expect(await wallet('lost', again.secret)).toBe(200);
  });

  it('the secret used once: 409', async () => {
    const first = minted(await register('used', { body }));
    expect(await wallet('used', first.secret)).toBe(200);
    expectError(await register('used', { body }), 409, 'player_already_registered');
    expect(await wallet('used', first.secret)).toBe(200);
  });

  it('a failed guess is no use of the secret', async () => {
    minted(await register('guessed', { body }));
    expect(await wallet('guessed', 'x'.repeat(43))).toBe(401);
    minted(await register('guessed', { body }));
  });

  it('ten minutes old: 409', async () => {
    minted(await register('old', { body }));
    clock.advance(10 * minuteMs);
    expectError(await register('old', { body }), 409, 'player_already_registered');
  });

  it('the ten minutes count from the first call by the key', async () => {
    minted(await register('chain', { body }));
    clock.advance(6 * minuteMs);
    minted(await register('chain', { body }));
    clock.advance(6 * minuteMs);
    expectError(await register('chain', { body }), 409, 'player_already_registered');
  });

  it('another key or none: 409, never idempotency_conflict', async () => {
    minted(await register('keyed', { body }));
    expectError(await register('keyed', { body: { idempotencyKey: 'device-2' } }), 409, 'player_already_registered');
    expectError(await register('keyed'), 409, 'player_already_registered');
    minted(await register('keyed', { body }));
  });

  it('the key is scoped by player and environment', async () => {
    const one = minted(await register('scoped-a', { body }));
    const two = minted(await register('scoped-b', { body }));
    const three = minted(await register('scoped-a', { body, key: world.keys.clientTest }));
    expect(new Set([one, two, three].map(({ playerId }) => playerId)).size).toBe(3);
  });

  it('twins under one key leave exactly one living secret', async () => {
    const replies = (await atOnce(6, () => register('twins', { body }))).map(minted);
    expect(new Set(replies.map(({ playerId }) => playerId)).size).toBe(1);
    const alive = await Promise.all(replies.map(({ secret }) => wallet('twins', secret)));
    expect(alive.filter((status) => status === 200)).toHaveLength(1);
  });

  it('works for the key of a forced registration too', async () => {
    const key = world.keys.clientTest;
    minted(await register('reforced', { key, body }));
    const forced = { key, query: '?force=true', body: { idempotencyKey: 'device-9' } };
    const first = minted(await register('reforced', forced));
    const again = minted(await register('reforced', forced));
    expect([await wallet('reforced', first.secret, key), await wallet('reforced', again.secret, key)]).toEqual([
      401, 200,
    ]);
  });
});
