import { revokeApiKey } from '@kraty/contracts/identity';
import { eventually } from '@kraty/testing/harness';
import type { Player, World } from '@kraty/testing/world';
import { expectError, expectInvalid, iso, mintKey, progress, start, startWorld, text } from './client.fixture.js';
import type { Attempt } from './client.fixture.js';
import { ByteStream } from './byte-stream.fixture.js';

let world: World;
let mira: Player;
let attempt: Attempt;
let path: string;
/** Opened first, so that its heartbeat comes while the other tests run. */
let quiet: ByteStream;
let quietBlocks: Promise<{ ready: string; beat: string; afterMs: number }>;

beforeAll(async () => {
  const event = { status: 'scheduled', availability: { mode: 'always_on' }, metrics: [{ key: 'shells' }] };
  world = await startWorld({
    events: [
      { ...event, key: 'sprint' },
      { ...event, key: 'silent' },
    ],
  });
  mira = await world.player('mira');
  const silent = await start(mira, 'silent');
  const askedMs = performance.now();
  quiet = await ByteStream.open(world, `/sdk/v1/leaderboards/${silent.leaderboardId}/stream`);
  quietBlocks = readQuiet(askedMs);
  attempt = await start(mira, 'sprint');
  path = `/sdk/v1/leaderboards/${attempt.leaderboardId}`;
});

afterAll(async () => {
  quiet.close();
  await world.stop();
});

/** The first two blocks, and how long after the stream was asked for, which is before its opening, the second has come. */
async function readQuiet(askedMs: number): Promise<{ ready: string; beat: string; afterMs: number }> {
  const [ready, beat] = [await quiet.block(), await quiet.block()];
  return { ready, beat, afterMs: performance.now() - askedMs };
}

const report = (player: Player, of: Attempt, body: object) => progress(player, 'sprint', of, body);
const payload = (block: string): Record<string, unknown> => JSON.parse(block.split('\n')[1]!.slice('data: '.length));

describe('01 §10 and 02 §7.2 the board stream', () => {
  it('answers 200 at once with the headers of the table and `ready` as its first frame, to the letter', async () => {
    const stream = await ByteStream.open(world, `${path}/stream`);
    expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(stream.headers.get('x-accel-buffering')).toBe('no');
    expect(stream.headers.get('ratelimit-limit')).not.toBeNull();
    const data = `{"leaderboardId":"${attempt.leaderboardId}","finalized":false}`;
    expect(await stream.block()).toBe(`event: ready\ndata: ${data}`);
    stream.close();
  });

  it('sends a score_update for each accepted write, on both paths, as one line of JSON with no id and no retry', async () => {
    const streams = [
      await ByteStream.open(world, `${path}/stream`),
      await ByteStream.open(world, `/sdk/v1/event-leaderboards/${attempt.leaderboardId}/stream`),
    ];
    for (const stream of streams) expect(await stream.block()).toMatch(/^event: ready\n/);
    await report(mira, attempt, { mode: 'set', metricValue: 41 });
    for (const stream of streams) {
      const block = await stream.block();
      expect(block).toMatch(/^event: score_update\ndata: \{[^\n]*\}$/);
      expect(payload(block)).toEqual({
        leaderboardId: attempt.leaderboardId,
        participantId: attempt.playerId,
        kind: 'player',
        name: text,
        avatar: null,
        score: 41,
        rank: 1,
        occurredAt: iso,
      });
      stream.close();
    }
  });

  it('sends one also when the board score did not change; none for joins, refused and replayed writes', async () => {
    const stream = await ByteStream.open(world, `${path}/stream`);
    expect(await stream.block()).toMatch(/^event: ready\n/);
    const tomo = await world.player('tomo');
    const second = await start(tomo, 'sprint');
    await report(tomo, second, { mode: 'set', metrics: { none: 1 } });
    await report(tomo, second, { mode: 'set', metricValue: 2e15 });
    const keyed = { mode: 'set', metricValue: 50, idempotencyKey: 'k' };
    await report(tomo, second, keyed);
    await report(tomo, second, keyed);
    await report(tomo, second, { mode: 'set', metricValue: 1 });
    await report(mira, attempt, { mode: 'set', metricValue: 60 });
    const got = [await stream.block(), await stream.block(), await stream.block()].map(payload);
    expect(got.map(({ participantId, score, rank }) => [participantId, score, rank])).toEqual([
      [second.playerId, 50, 1],
      [second.playerId, 50, 1],
      [attempt.playerId, 60, 1],
    ]);
    stream.close();
  });

  it('is sent after the write is visible to reads', async () => {
    const stream = await ByteStream.open(world, `${path}/stream`);
    expect(await stream.block()).toMatch(/^event: ready\n/);
    const write = report(mira, attempt, { mode: 'set', metricValue: 77 });
    const update = payload(await stream.block());
    const seen = await world.call('GET', `${path}?includeSelf=1&externalId=mira`);
    expect(seen.json.data).toMatchObject({ self: { score: update['score'], rank: update['rank'] } });
    await write;
    stream.close();
  });

  it('errors before the stream opens are ordinary JSON errors', async () => {
    const unknown = '01890000-0000-7000-8000-000000000000';
    expectError(await world.call('GET', `/sdk/v1/leaderboards/${unknown}/stream`), 404, 'not_found');
    expectError(await world.call('GET', `/sdk/v1/event-leaderboards/${unknown}/stream`), 404, 'not_found');
    expectError(await world.call('GET', '/sdk/v1/leaderboards/weekly/stream'), 404, 'not_found');
    expectInvalid(await world.call('GET', '/sdk/v1/event-leaderboards/weekly/stream'), 'path.id');
    expectError(await world.call('GET', `${path}/stream`, { key: null }), 401, 'unauthenticated');
    expectError(await world.call('GET', `${path}/stream`, { key: world.keys.clientTest }), 404, 'not_found');
  });

  it('opening one costs one sdk_read (01 §8)', async () => {
    // Once more, with a fresh key, where a minute has ended between the two.
    await eventually(async () => {
      const { plaintext } = await mintKey(world, { rateLimits: { sdk_read: 100 } });
      const first = await ByteStream.open(world, `${path}/stream`, plaintext);
      const second = await ByteStream.open(world, `${path}/stream`, plaintext);
      const remaining = [first, second].map(({ headers }) => headers.get('ratelimit-remaining'));
      first.close();
      second.close();
      expect(remaining).toEqual(['99', '98']);
    });
  });

  it('ends within 5 s of the revocation of its key, without closed', async () => {
    const key = await mintKey(world, {});
    const stream = await ByteStream.open(world, `${path}/stream`, key.plaintext);
    expect(await stream.block()).toMatch(/^event: ready\n/);
    const { operator, scope, messenger } = world;
    await messenger.request(revokeApiKey, { operator, ...scope, keyId: key.id, reason: 'leaked' });
    const revokedMs = performance.now();
    expect(await stream.blockOrEnd()).toBeNull();
    // Keys are looked at every 4 s; the rest is for a machine that is busy.
    expect(performance.now() - revokedMs).toBeLessThan(10_000);
  });

  it('sends the comment `: hb` every 15 seconds, counted from the opening', async () => {
    const { ready, beat, afterMs } = await quietBlocks;
    expect(ready).toMatch(/^event: ready\n/);
    expect(beat).toBe(': hb');
    expect(afterMs).toBeGreaterThan(14_000);
    // Before a second one, however busy the machine is.
    expect(afterMs).toBeLessThan(29_000);
  });
});
