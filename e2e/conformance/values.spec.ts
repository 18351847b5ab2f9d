import type { Answer, Player, World } from '@kraty/testing/world';
import {
  boardOf,
  data,
  expectError,
  expectInvalid,
  iso,
  minuteMs,
  progress,
  raw,
  start,
  startWorld,
} from './client.fixture.js';
import { uuid, type Attempt, type Reported } from './client.fixture.js';

const event = {
  key: 'sprint',
  status: 'scheduled',
  availability: { mode: 'always_on' },
  metrics: [{ key: 'shells' }, { key: 'crabs' }],
  attempt: { replayableDuringWindow: true },
};

let world: World;

beforeAll(async () => {
  world = await startWorld({
    events: [event],
    currencies: [{ key: 'pearls', name: 'Pearls', kind: 'currency', initialBalance: 5 }],
  });
});

afterAll(async () => {
  await world.stop();
});

const register = (path: string): Promise<Answer> =>
  raw(world, 'POST', `/sdk/v1/players/${path}/register`, {
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
const named = (answer: Answer): string => data<{ externalPlayerId: string }>(answer, 201).externalPlayerId;

describe('01 §11 externalId', () => {
  it('may hold / percent-encoded, and is decoded once', async () => {
    expect(named(await register('guild%2Fmira'))).toBe('guild/mira');
    expect(named(await register('guild%252Fmira'))).toBe('guild%2Fmira');
    expectError(await register('guild%2Fmira'), 409, 'player_already_registered');
    expectError(await register('guild%2fmira'), 409, 'player_already_registered');
    expectError(await register('guild/mira'), 404, 'not_found');
    const player = await world.player('a/b');
    expect(data<unknown>(await player.get('/wallet'))).toMatchObject({ wallet: [{ balance: 5 }] });
    const attempt = await start(player, 'sprint');
    const query = `?includeSelf=1&externalId=${encodeURIComponent('a/b')}`;
    const { entries } = await boardOf(world, attempt.leaderboardId, query);
    expect(entries.find(({ isSelf }) => isSelf)!.player.externalPlayerId).toBe('a/b');
  });

  it('is compared after Unicode NFC, and shown so', async () => {
    const composed = 'Jos\u00e9';
    const decomposed = 'Jose\u0301';
    expect(named(await register(encodeURIComponent(decomposed)))).toBe(composed);
    expectError(await register(encodeURIComponent(composed)), 409, 'player_already_registered');
    const ines = await world.player('Ine\u0302s');
    expect((await world.as('In\u00eas', ines.secret).get('/wallet')).status).toBe(200);
    const attempt = await start(ines, 'sprint');
    const query = `?includeSelf=1&externalId=${encodeURIComponent('Ine\u0302s')}`;
    expect((await boardOf(world, attempt.leaderboardId, query)).self).not.toBeNull();
  });

  it('is case-sensitive, and blanks are significant', async () => {
    for (const id of ['Case', 'case', 'CASE', '%20case', 'case%20', 'ca+se', 'ca%20se']) {
      expect(named(await register(id))).toBe(decodeURIComponent(id));
    }
  });

  it('has 1 to 128 code points after NFC, not UTF-16 units or bytes', async () => {
    const crab = '\u{1f980}';
    expect(named(await register(encodeURIComponent(crab.repeat(128))))).toBe(crab.repeat(128));
    expect(named(await register(encodeURIComponent('e\u0301'.repeat(128))))).toBe('\u00e9'.repeat(128));
    expect(named(await register('x'.repeat(128)))).toBe('x'.repeat(128));
    for (const long of [encodeURIComponent(crab.repeat(129)), 'x'.repeat(129)]) {
      expectInvalid(await register(long), 'path.externalId');
    }
    expectError(await register(''), 400, 'validation_failed');
  });

  it('has no control characters, is not . or .., and does not begin with a reserved prefix', async () => {
    for (const id of ['%00', 'a%0Ab', '%1F', '%7F', 'a%C2%80', '%C2%9F', '.', '..', '%2E', '%2e%2E']) {
      expectError(await register(id), 400, 'validation_failed');
    }
    for (const id of ['__deleted_x', '__merged_', '__merged_1__']) expectInvalid(await register(id), 'path.externalId');
    for (const id of ['...', '.a', '__deletedx', 'a__merged_', '-', 'null', 'constructor', '__proto__', '%25']) {
      expect(named(await register(id))).toBe(decodeURIComponent(id));
    }
  });
});

describe('01 §11 ids and keys', () => {
  it('ids are UUIDs of version 7 in lower case, accepted in any case', async () => {
    const mira = await world.player('ids');
    const attempt = await start(mira, 'sprint');
    const { id, eventId, eventWindowId, leaderboardId, playerId } = attempt;
    for (const made of [id, eventId, eventWindowId, leaderboardId, playerId]) expect(made).toEqual(uuid);
    const upper = await progress(mira, 'sprint', { id: id.toUpperCase() }, { mode: 'set', metricValue: 1 });
    expect(data<Reported>(upper).attempt.id).toBe(id);
    expect((await boardOf(world, leaderboardId.toUpperCase())).leaderboardId).toBe(leaderboardId);
    const answer = await world.call('GET', `/sdk/v1/event-leaderboards/${leaderboardId.toUpperCase()}`);
    expect(answer.status).toBe(200);
  });

  it('keys are case-sensitive; one that cannot exist is answered like an unknown key', async () => {
    const mira = await world.player('keys');
    const unknown = await mira.post('/events/unknown/start');
    for (const key of ['Sprint', 'no%20key!', '%00', 'x'.repeat(65), '01890000-0000-7000-8000-000000000000', '-']) {
      const answer = await mira.post(`/events/${key}/start`);
      expect([answer.status, answer.text]).toEqual([404, unknown.text]);
      const debit = await mira.post(`/wallet/${key}/debit`, { amount: 1 });
      expectError(debit, 409, 'conflict', expect.objectContaining({ have: 0, needed: 1 }));
    }
  });
});

describe('01 §11 and 05 §0 numbers', () => {
  let mira: Player;
  let attempt: Attempt;

  beforeAll(async () => {
    mira = await world.player('numbers');
    attempt = await start(mira, 'sprint');
  });

  const set = (literal: string): Promise<Answer> =>
    progress(mira, 'sprint', attempt, `{"mode":"set","metrics":{"shells":${literal},"crabs":0}}`);
  const add = (literal: string): Promise<Answer> =>
    progress(mira, 'sprint', attempt, `{"mode":"increment","metrics":{"shells":${literal}}}`);
  const value = (answer: Answer): number => data<Reported>(answer).attempt.metricsRaw['shells']!;

  it('are finite doubles up to ±10^15 inclusive; an input or a result beyond is 400 and changes nothing', async () => {
    expect(value(await set('1e15'))).toBe(1e15);
    expect(value(await set('-1000000000000000'))).toBe(-1e15);
    for (const beyond of ['1000000000000001', '-1e15001', '1.0000000000000002e15', '1e300', '-1e16']) {
      expectError(await set(beyond), 400, 'validation_failed');
    }
    expect(value(await set('999999999999999'))).toBe(999_999_999_999_999);
    expect(value(await add('1'))).toBe(1e15);
    expectError(await add('1'), 400, 'validation_failed');
    expect(value(await add('0'))).toBe(1e15);
  });

  it('a resulting score beyond ±10^15 is 400 and changes nothing', async () => {
    await set('1e15');
    const body = { mode: 'set', metrics: { crabs: 1 } };
    expectError(await progress(mira, 'sprint', attempt, body), 400, 'validation_failed');
    expect(data<Reported>(await add('0')).attempt).toMatchObject({ metricsRaw: { crabs: 0 }, score: 1e15 });
  });

  it('are rounded to 6 decimals below 10^9 and left alone from there', async () => {
    await set('0.1');
    const sum = await add('0.2');
    expect(data<Reported>(sum).attempt).toMatchObject({
      metrics: { shells: 0.3 },
      metricsRaw: { shells: 0.3 },
      score: 0.3,
    });
    expect(value(await set('1.0000005'))).toBe(Math.round(1.0000005 * 1e6) / 1e6);
    expect(value(await set('0.0000004'))).toBe(0);
    expect(value(await set('-2.5000015'))).toBe(Math.round(-2.5000015 * 1e6) / 1e6);
    expect(value(await set('1000000000.1234567'))).toBe(1_000_000_000.1234567);
    expect(value(await set('5e-324'))).toBe(0);
  });

  it('-0 becomes 0 and is written so', async () => {
    for (const literal of ['-0', '-0.0', '-0.0000001']) {
      const answer = await set(literal);
      expect(answer.text).toContain('"metricsRaw":{"shells":0,"crabs":0}');
      expect(answer.text).toMatch(/"score":0[,}]/);
    }
    const board = await world.call('GET', `/sdk/v1/leaderboards/${attempt.leaderboardId}`);
    expect(board.text).not.toContain('"score":-0');
  });

  it('a score comes back from the board as it was made', async () => {
    const scores = [0.3, -12.345678, 123_456_789.123457, 1e15, 999_999_999_999_999, 4.5e-5];
    for (const [index, score] of scores.entries()) {
      const zoe = await world.player(`zoe-${index}`);
      const run = await start(zoe, 'sprint');
      data(await progress(zoe, 'sprint', run, { mode: 'set', metricValue: score }));
      const { self } = await boardOf(world, run.leaderboardId, `?includeSelf=1&externalId=zoe-${index}`);
      expect(self!.score).toBe(score);
    }
  });
});

describe('01 §11 timestamps and contexts', () => {
  it('timestamps are ISO 8601, UTC, milliseconds, Z', async () => {
    const mira = await world.player('times');
    const attempt = await start(mira, 'sprint');
    expect([attempt.startedAt, attempt.endsAt]).toEqual([iso, iso]);
  });

  it('occurredAt: any instant with a zone up to now + 5 minutes, echoed nowhere; else 400', async () => {
    const mira = await world.player('occurred');
    const attempt = await start(mira, 'sprint');
    const at = (occurredAt: unknown): Promise<Answer> =>
      progress(mira, 'sprint', attempt, { mode: 'increment', metricValue: 1, occurredAt });
    const soon = new Date(Date.now() + 4 * minuteMs).toISOString();
    const accepted = ['1970-01-01T00:00:00Z', '2025-06-08T12:00:00+02:00', '2025-06-08T12:00:00.123456Z', soon];
    for (const [index, good] of accepted.entries()) {
      const answer = await at(good);
      expect(data<Reported>(answer).attempt.score).toBe(index + 1);
      expect(answer.text).not.toContain('occurredAt');
    }
    const late = new Date(Date.now() + 6 * minuteMs).toISOString();
    for (const bad of [late, '2026-06-08T12:00:00', '2026-06-08', 'yesterday', '', '2026-13-01T00:00:00Z', 0]) {
      expectInvalid(await at(bad), 'body.occurredAt');
    }
  });

  it('playerContext: an object, at most 64 keys of 1–64 characters, 8 KiB, depth 8', async () => {
    const mira = await world.player('contexts');
    const keys = (count: number): object => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));
    const nested = (depth: number): object => (depth === 1 ? {} : { a: nested(depth - 1) });
    const sized = (bytes: number): object => ({ a: 'x'.repeat(bytes - 8) });
    const begin = (playerContext: unknown): Promise<Answer> => mira.post('/events/sprint/start', { playerContext });
    for (const good of [
      {},
      keys(64),
      { ['k'.repeat(64)]: 1 },
      nested(8),
      sized(8192),
      { a: null, b: [1, 'x', true] },
    ]) {
      expect([200, 201]).toContain((await begin(good)).status);
    }
    const bad = [keys(65), { ['k'.repeat(65)]: 1 }, { '': 1 }, nested(9), sized(8193), [], 'x', 5];
    for (const context of bad) expectError(await begin(context), 400, 'validation_failed');
  });
});
