import { MovableClock } from '@kraty/platform/clock';
import { eventually } from '@kraty/testing/harness';
import type { Player, World } from '@kraty/testing/world';
import {
  atOnce,
  boardOf,
  data,
  expectError,
  expectInvalid,
  progress,
  start,
  startWorld,
  text,
} from './client.fixture.js';
import type { Attempt, EventBoard, Grant } from './client.fixture.js';

const clock = new MovableClock(new Date('2026-06-01T12:00:00.000Z'));
/** A view of a live board is cached for 2 s. */
const viewCachedMs = 2_000;
const base = { status: 'scheduled', metrics: [{ key: 'shells' }], attempt: { replayableDuringWindow: true } };
const always = (key: string) => ({ ...base, key, availability: { mode: 'always_on' } });
const hour = { mode: 'fixed_window', startsAt: '2026-06-01T12:00:00Z', endsAt: '2026-06-01T13:00:00Z' };
const game = {
  currencies: [
    { key: 'renown', name: 'Renown', kind: 'progression', initialBalance: 4 },
    { key: 'trophies', name: 'Trophies', kind: 'progression' },
  ],
  events: [
    ...['shape', 'ties', 'same', 'deep', 'crowd', 'negative', 'best'].map(always),
    { ...base, key: 'hour', availability: hour },
    {
      ...always('earning'),
      metrics: [{ key: 'shells', target: 1 }],
      rewardPolicy: {
        type: 'fixed_bundle',
        parameters: { entries: [{ type: 'currency', currencyKey: 'trophies', amount: 3 }] },
      },
    },
  ],
};

let world: World;

beforeAll(async () => {
  world = await startWorld(game, { clock });
});

afterAll(async () => {
  await world.stop();
});

/** A new player with an attempt, and a score if one is given. */
const play = async (key: string, who: string, score?: number): Promise<{ player: Player; attempt: Attempt }> => {
  const player = await world.player(who);
  const attempt = await start(player, key);
  if (score !== undefined) await set(player, key, attempt, score);
  return { player, attempt };
};
const set = async (player: Player, key: string, attempt: Attempt, metricValue: number): Promise<void> => {
  data(await progress(player, key, attempt, { mode: 'set', metricValue }));
};
const read = (id: string, query = '') => world.call('GET', `/sdk/v1/leaderboards/${id}${query}`);
const ranking = (board: EventBoard): [string, number, number][] =>
  board.entries.map(({ participantId, rank, score }) => [participantId, rank, score]);

describe('02 §7.1 the event board', () => {
  it('every field; externalPlayerId only on the isSelf row; the same under both paths', async () => {
    const { attempt } = await play('shape', 'mira', 40);
    const { attempt: other } = await play('shape', 'tomo', 7);
    const id = attempt.leaderboardId;
    const entry = (of: Attempt, score: number, rank: number, self: string | null) => {
      const identity = { name: text, avatar: null, country: null };
      return {
        participantId: of.playerId,
        kind: 'player',
        name: text,
        avatar: null,
        avatarUrl: null,
        country: null,
        anonymizedName: text,
        anonymizedAvatar: null,
        score,
        rank,
        isSelf: self !== null,
        player: {
          externalPlayerId: self,
          displayIdentity: identity,
          anonymizedIdentity: identity,
          country: null,
          metadata: {},
        },
      };
    };
    const head = { leaderboardId: id, mode: 'global', finalized: false, finalizedReason: null };
    const whole = await read(id);
    expect(data(whole)).toEqual({
      ...head,
      entries: [entry(attempt, 40, 1, null), entry(other, 7, 2, null)],
      self: null,
    });
    expect((await world.call('GET', `/sdk/v1/event-leaderboards/${id}`)).text).toBe(whole.text);
    const query = '?includeSelf=true&externalId=mira';
    const own = await read(id, query);
    const entries = [entry(attempt, 40, 1, 'mira'), entry(other, 7, 2, null)];
    expect(data(own)).toEqual({ ...head, entries, self: { rank: 1, score: 40 } });
    expect((await world.call('GET', `/sdk/v1/event-leaderboards/${id}${query}`)).text).toBe(own.text);
    expect(own.text).not.toContain('tomo');
  });

  it('the names are those of the registration', async () => {
    const answer = await world.call('POST', '/sdk/v1/players/named/register');
    const identity = data<{ secret: string; anonymizedIdentity: { name: string } }>(answer, 201);
    const attempt = await start(world.as('named', identity.secret), 'shape');
    const { entries } = await boardOf(world, attempt.leaderboardId, '?includeSelf=1&externalId=named');
    const { name } = identity.anonymizedIdentity;
    expect(entries.find(({ isSelf }) => isSelf)).toMatchObject({
      name,
      anonymizedName: name,
      player: { displayIdentity: { name }, anonymizedIdentity: { name } },
    });
  });

  it('404: unknown; a key that is no board; 400: /event-leaderboards with what is no UUID', async () => {
    const unknown = '01890000-0000-7000-8000-000000000000';
    expectError(await read(unknown), 404, 'not_found');
    expectError(await world.call('GET', `/sdk/v1/event-leaderboards/${unknown}`), 404, 'not_found');
    expectError(await read('00000000-0000-0000-0000-00000000000A'), 404, 'not_found');
    expectError(await read('weekly'), 404, 'not_found');
    expectInvalid(await world.call('GET', '/sdk/v1/event-leaderboards/weekly'), 'path.id');
  });

  it('includeSelf needs externalId; externalId without it is ignored; null for who is not on it', async () => {
    const { attempt } = await play('shape', 'asker', 1);
    const id = attempt.leaderboardId;
    expectInvalid(await read(id, '?includeSelf=true'), 'query.externalId');
    expectError(await read(id, '?includeSelf=true&externalId='), 400, 'validation_failed');
    await world.register('spectator');
    for (const query of [
      '?externalId=asker',
      '?includeSelf=1&externalId=nobody',
      '?includeSelf=1&externalId=spectator',
    ]) {
      const board = await boardOf(world, id, query);
      expect([board.self, board.entries.some(({ isSelf }) => isSelf)]).toEqual([null, false]);
    }
  });

  it('limit 50 by default, up to 200; self is independent of limit; ranks are 1, 2, 3 … without gaps', async () => {
    // A few at a time: a busy machine would have no answer in time for the last of all at once.
    const players: { attempt: Attempt }[] = [];
    for (let from = 0; from < 53; from += 10) {
      const group = Math.min(10, 53 - from);
      players.push(...(await atOnce(group, (index) => play('crowd', `crowd-${from + index}`, 1000 - from - index))));
    }
    const id = players[0]!.attempt.leaderboardId;
    expect((await boardOf(world, id)).entries.map(({ rank }) => rank)).toEqual(
      Array.from({ length: 50 }, (_, i) => i + 1),
    );
    expect((await boardOf(world, id, '?limit=200')).entries).toHaveLength(53);
    const short = await boardOf(world, id, '?limit=1&includeSelf=1&externalId=crowd-52');
    expect(short.entries.map(({ rank, score, isSelf }) => [rank, score, isSelf])).toEqual([[1, 1000, false]]);
    expect(short.self).toEqual({ rank: 53, score: 948 });
  });

  it('progression: balances by key, 0 if never earned or unknown, at most 8 keys', async () => {
    const { player, attempt } = await play('earning', 'earner', 1);
    const id = attempt.leaderboardId;
    const balances = async (): Promise<unknown> =>
      (await boardOf(world, id, '?progression=trophies,renown,unknown')).entries[0]!.progression;
    expect(await balances()).toMatchObject({ trophies: 0, unknown: 0 });
    data(await player.get('/wallet'));
    const [grant] = data<Grant[]>(await player.get('/pending-grants'));
    data(await player.post(`/grants/${grant!.id}/claim`));
    clock.advance(viewCachedMs);
    expect(await balances()).toEqual({ trophies: 3, renown: 4, unknown: 0 });
    expect((await boardOf(world, id)).entries[0]).not.toHaveProperty('progression');
    const odd = await read(id, '?progression=constructor,toString,__proto__');
    expect(odd.text).toContain('"progression":{"constructor":0,"toString":0,"__proto__":0}');
    const keys = Array.from({ length: 9 }, (_, index) => `k${index}`);
    expect((await read(id, `?progression=${keys.slice(0, 8).join(',')}`)).status).toBe(200);
    expectInvalid(await read(id, `?progression=${keys.join(',')}`), 'query.progression');
  });
});

describe('06 §5 rows and ranks', () => {
  it('ties go to the earlier; reaching an equal value again keeps the time; each rank is distinct', async () => {
    const [a, b, c] = [await play('ties', 'tie-a'), await play('ties', 'tie-b'), await play('ties', 'tie-c')];
    for (const [who, score] of [
      [b, 90],
      [a, 90],
      [c, 70],
    ] as const) {
      clock.advance(1);
      await set(who.player, 'ties', who.attempt, score);
    }
    clock.advance(1);
    await set(b.player, 'ties', b.attempt, 10);
    clock.advance(1);
    await set(b.player, 'ties', b.attempt, 90);
    const id = a.attempt.leaderboardId;
    const ids = [b, a, c].map(({ attempt }) => attempt.playerId);
    expect(ranking(await boardOf(world, id))).toEqual([
      [ids[0], 1, 90],
      [ids[1], 2, 90],
      [ids[2], 3, 70],
    ]);
    clock.advance(1);
    await set(c.player, 'ties', c.attempt, 90);
    expect(ranking(await boardOf(world, id))).toEqual([
      [ids[0], 1, 90],
      [ids[1], 2, 90],
      [ids[2], 3, 90],
    ]);
  });

  it('in an equal millisecond the greater participantId stands first', async () => {
    const players = await atOnce(6, (index) => play('same', `same-${index}`, 5));
    const ids = players
      .map(({ attempt }) => attempt.playerId)
      .toSorted()
      .toReversed();
    const board = await boardOf(world, players[0]!.attempt.leaderboardId);
    expect(board.entries.map(({ participantId }) => participantId)).toEqual(ids);
  });

  it('best: the highest score shown by any accepted write, over all attempts', async () => {
    const { player, attempt } = await play('best', 'climber', 10);
    const self = async (): Promise<number> =>
      (await boardOf(world, attempt.leaderboardId, '?includeSelf=1&externalId=climber')).self!.score;
    await set(player, 'best', attempt, 25);
    await set(player, 'best', attempt, 5);
    expect(await self()).toBe(25);
    data(await player.post(`/events/best/attempts/${attempt.id}/finish`));
    const second = await start(player, 'best');
    await set(player, 'best', second, 8);
    expect(await self()).toBe(25);
    await set(player, 'best', second, 30);
    expect(await self()).toBe(30);
  });

  it('a row of a start alone holds 0; the first real write replaces it, also with less', async () => {
    const { player, attempt } = await play('negative', 'diver');
    await play('negative', 'idler');
    const id = attempt.leaderboardId;
    const query = '?includeSelf=1&externalId=diver';
    await set(player, 'negative', attempt, -5);
    expect((await boardOf(world, id, query)).self).toEqual({ rank: 2, score: -5 });
    await set(player, 'negative', attempt, -9);
    expect((await boardOf(world, id, query)).self).toEqual({ rank: 2, score: -5 });
  });

  it('scores that differ in the sixth decimal rank apart, also beside large ones', async () => {
    const scores = [1e15, 999_999_999_999_999, 0.000002, 0.000001, 0, -0.000001, -1e15];
    const players = await Promise.all(scores.map((score, index) => play('deep', `deep-${index}`, score)));
    const board = await boardOf(world, players[0]!.attempt.leaderboardId);
    expect(ranking(board)).toEqual(players.map(({ attempt }, index) => [attempt.playerId, index + 1, scores[index]]));
  });
});

describe('06 §8 a board whose window has closed', () => {
  it('is read from the materialized table: finalized, window_closed, the same order and self for ever', async () => {
    const opened = await Promise.all([play('hour', 'hour-a', 3), play('hour', 'hour-b', 9), play('hour', 'hour-c')]);
    const id = opened[0]!.attempt.leaderboardId;
    const query = '?limit=2&includeSelf=1&externalId=hour-c';
    const live = await boardOf(world, id, query);
    clock.set(new Date('2026-06-01T13:00:00.000Z'));
    const final = await eventually(async () => {
      const board = await boardOf(world, id, query);
      expect([board.finalized, board.finalizedReason]).toEqual([true, 'window_closed']);
      return board;
    });
    expect({ ...final, finalized: false, finalizedReason: null }).toEqual(live);
    expect(final.self).toEqual({ rank: 3, score: 0 });
    const [first] = final.entries;
    expect(first).toMatchObject({ participantId: opened[1]!.attempt.playerId, rank: 1, score: 9 });
    expect((await boardOf(world, id, '?includeSelf=1&externalId=hour-b')).entries[0]).toMatchObject({
      isSelf: true,
      player: { externalPlayerId: 'hour-b' },
    });
    expect(await boardOf(world, id, query)).toEqual(final);
  });
});
