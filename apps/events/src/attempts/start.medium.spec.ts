import {
  attemptCompleted,
  attemptExpired,
  attemptStarted,
  playerContextGiven,
  type Availability,
} from '@kraty/contracts/events';
import type { PlayerRef } from '@kraty/contracts/common';
import { Database } from '@kraty/platform/persistence';
import { eventually, type Host } from '@kraty/testing/harness';
import { crabSprint, EventsWorld, refusal } from '../events-world.fixture.js';

let world: EventsWorld;
/** Another process of the service: parallel calls spread over both. */
let second: Host;

const daily: Availability = {
  mode: 'recurring_windows',
  timezone: 'UTC',
  windows: [{ startTime: '10:00', durationSeconds: 14_400 }],
};

beforeAll(async () => {
  world = await EventsWorld.start('2026-06-01T12:00:00Z');
  second = await world.another();
  world.hear(attemptCompleted as never, attemptExpired as never, attemptStarted as never, playerContextGiven as never);
  const pool = { type: 'shared_pool', parameters: poolOf(100) } as const;
  await world.configure(
    crabSprint({ key: 'three', attempt: { replayableDuringWindow: true, maxAttemptsPerWindow: 3 } }),
    crabSprint({ key: 'closing', availability: daily }),
    crabSprint({
      key: 'pausing',
      availability: daily,
      attempt: { durationSeconds: 600, replayableDuringWindow: true },
    }),
    crabSprint({ key: 'short', availability: daily, attempt: { durationSeconds: 600 } }),
    crabSprint({ key: 'pool', metrics: [{ key: 'shells', target: 1 }], rewardPolicy: pool }),
    crabSprint({
      key: 'new_york',
      availability: { mode: 'always_on', timezone: 'America/New_York' },
      attempt: { replayableDuringWindow: true, maxAttemptsPerDay: 1 },
    }),
  );
});

afterAll(async () => {
  await second.stop();
  await world.stop();
});

beforeEach(() => world.now('2026-06-01T12:00:00Z'));

function poolOf(pool: number) {
  return { pool, currencyKey: 'pearls', winnerPredicate: { type: 'completed' } } as const;
}

const attemptsOf = ({ playerId }: PlayerRef) =>
  world.rows('select id, status, ordinal, window_ordinal from attempt where player_id = $1 order by ordinal', [
    playerId,
  ]);

describe('starts that race', () => {
  it('never exceed the cap of a window, however starts and finishes mix', async () => {
    const player = world.player('mira');
    const startAndFinish = async () => {
      const { data } = await world.start(player, 'three');
      await world.finish(player, data.attempt, { eventKey: 'three' });
    };
    await Promise.allSettled(Array.from({ length: 24 }, startAndFinish));
    await eventually(async () => {
      await startAndFinish().catch(() => undefined);
      expect(await refusal(world.start(player, 'three'))).toMatchObject({
        code: 'max_attempts_reached',
        details: { limit: 3, used: 3 },
      });
    });
    expect(await attemptsOf(player)).toMatchObject([1, 2, 3].map((at) => ({ ordinal: at, window_ordinal: at })));
  });

  it('give one attempt and one 201, over two processes, with and without keys', async () => {
    const player = world.player('noor');
    const keys = Array.from({ length: 20 }, (_, at) => (at % 4 === 0 ? undefined : `k${at % 4}`));
    const answers = await Promise.all(
      keys.map((key) => world.start(player, 'three', key === undefined ? {} : { key })),
    );
    expect(new Set(answers.map(({ data }) => data.attempt.id)).size).toBe(1);
    const made = answers.filter(({ status }) => status === 201);
    expect(made.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await attemptsOf(player)).toHaveLength(1);
    for (const key of ['k1', 'k2', 'k3']) {
      const { replayed, status } = await world.start(player, 'three', { key });
      const first = answers.find((answer, at) => keys[at] === key && !answer.replayed);
      expect({ replayed, status }).toEqual({ replayed: true, status: first?.status });
    }
  });

  it('do not enter a window that begins to close first', async () => {
    world.now('2026-06-02T12:00:00Z');
    await world.started(world.player('otto'), 'closing');
    const late = world.player('pia');
    const database = new Database({ url: world.ground.databaseUrl('events'), poolMax: 1, applicationName: 'closer' });
    let starting: Promise<unknown> = Promise.resolve();
    await database.transaction(async (tx) => {
      await tx.query(
        `update event_window w set state = 'closing', ends_at = $1 from event e
          where e.id = w.event_id and e.key = 'closing' and w.state = 'open'`,
        [new Date('2026-06-02T12:00:00Z')],
      );
      starting = refusal(world.start(late, 'closing'));
      await eventually(async () => {
        const waiting = await world.rows(`select 1 from pg_stat_activity where wait_event_type = 'Lock'
                                             and query like '%for share%' and datname = current_database()`);
        expect(waiting).toHaveLength(1);
      });
    });
    await database.close();
    expect(await starting).toMatchObject({ code: 'no_active_window' });
    expect(await attemptsOf(late)).toEqual([]);
  });

  it('come before a close that they have overtaken: their attempts are resolved by it', async () => {
    world.now('2026-06-03T12:00:00Z');
    await world.started(world.player('quin'), 'closing');
    const players = Array.from({ length: 30 }, (_, at) => world.player(`c${at}`));
    const starts = players.map((player) => world.start(player, 'closing').catch(() => null));
    world.now('2026-06-03T14:00:00Z');
    await world.workersRun();
    await Promise.all(starts);
    const left = `
      select w.state, (select count(*)::int from attempt a where a.event_window_id = w.id and a.status = 'in_progress') as running
        from event_window w join event e on e.id = w.event_id where e.key = 'closing' and w.ends_at = $1`;
    // A round passes over what a start still holds.
    await eventually(async () => {
      await world.workersRun();
      const rows = await world.rows(left, [new Date('2026-06-03T14:00:00Z')]);
      expect(rows).toEqual([{ state: 'finalized', running: 0 }]);
    });
  });
});

describe('starts that come together', () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => world.player(`together_${at}`));

  it('are written in few batches, and each is told and counted by itself', async () => {
    const commits = () =>
      world.rows("select count(distinct xmin::text)::int as n from attempt where event_key = 'pool'");
    const [before] = await commits();
    const players = many(60);
    const answers = await Promise.all(players.map((player) => world.start(player, 'pool', { key: 'one' })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ data }) => data.attempt.playerId)).size).toBe(players.length);
    const [after] = await commits();
    expect(Number(after?.['n']) - Number(before?.['n'])).toBeLessThan(players.length / 2);
    const again = await Promise.all(players.map((player) => world.start(player, 'pool', { key: 'one' })));
    expect(again.map(({ replayed, data }) => [replayed, data.attempt.id])).toEqual(
      answers.map(({ data }) => [true, data.attempt.id]),
    );
    await eventually(() => {
      const told = world.heard(attemptStarted).map(({ aggregateId }) => aggregateId);
      for (const { data } of answers) expect(told.filter((id) => id === data.attempt.id)).toHaveLength(1);
    });
  });

  it.each([
    ['looked at', { playerId: 'no player at all' }],
    ['written', { externalPlayerId: 'nul \u0000' }],
  ])('do not suffer from one among them that cannot be %s', async (_what, part) => {
    const sound = many(20);
    const broken = { ...world.player('broken'), ...part };
    const [failure, ...answers] = await Promise.all([
      refusal(world.start(broken, 'pool')),
      ...sound.map((player) => world.start(player, 'pool')),
    ]);
    expect(failure).toMatchObject({ code: 'internal_error' });
    expect(answers.map(({ status }) => status)).toEqual(sound.map(() => 201));
  });

  it('are told to come again when their connection breaks, and are made once by the same calls', async () => {
    const players = many(10);
    const start = (player: PlayerRef) => world.start(player, 'pool', { key: 'broken off' });
    const waiting = `from pg_stat_activity where wait_event_type = 'Lock' and query like '%for share%'
                        and datname = current_database()`;
    const database = new Database({ url: world.ground.databaseUrl('events'), poolMax: 1, applicationName: 'holder' });
    let broken: Promise<unknown[]> = Promise.resolve([]);
    await database.transaction(async (tx) => {
      await tx.query(
        `select from event_window w join event e on e.id = w.event_id where e.key = 'pool' for update of w`,
      );
      broken = Promise.all(players.map((player) => refusal(start(player))));
      // Each process has up to two batches on the way.
      await eventually(async () => {
        await world.rows(`select pg_terminate_backend(pid) ${waiting}`);
        const done = await Promise.race([broken, Promise.resolve(null)]);
        expect(done).not.toBeNull();
      });
    });
    await database.close();
    for (const failure of await broken) expect(failure).toMatchObject({ status: 503, details: { reason: 'busy' } });
    for (const player of players) expect(await attemptsOf(player)).toEqual([]);
    const answers = await Promise.all(players.map(start));
    expect(answers.map(({ status, replayed }) => [status, replayed])).toEqual(players.map(() => [201, false]));
    for (const player of players) expect(await attemptsOf(player)).toHaveLength(1);
  });

  it('do not suffer from those whose look no longer holds', async () => {
    const capped = world.player('capped');
    const calls = many(20).flatMap((player) => [world.start(player, 'pool'), world.start(capped, 'new_york')]);
    const answers = await Promise.all(calls);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(21);
    expect(await attemptsOf(capped)).toHaveLength(1);
  });

  it('of the same players in both processes and two events end in one attempt each', async () => {
    const players = many(25);
    const calls = [...players, ...[...players].reverse()].flatMap((player, at) => [
      world.start(player, 'pool', at % 2 === 0 ? { playerContext: { at } } : {}),
      world.start(player, 'three', { playerContext: { at: -at } }),
    ]);
    const answers = await Promise.all(calls);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2 * players.length);
    for (const player of players) expect(await attemptsOf(player)).toHaveLength(2);
  });
});

describe('an attempt whose time has passed', () => {
  it('stays resolved although the start that found it is refused', async () => {
    world.now('2026-06-05T12:00:00Z');
    const player = world.player('rosa');
    const attempt = await world.started(player, 'short');
    world.now('2026-06-05T12:10:00Z');
    expect(await refusal(world.start(player, 'short'))).toMatchObject({ code: 'max_attempts_reached' });
    expect(await attemptsOf(player)).toMatchObject([{ id: attempt.id, status: 'expired' }]);
    await eventually(() => expect(world.heard(attemptExpired, attempt.id)).toHaveLength(1));
  });

  it('waits for the end of a pause', async () => {
    world.now('2026-06-06T12:00:00Z');
    const player = world.player('sara');
    const attempt = await world.started(player, 'pausing');
    await world.rows(`update event set status = 'paused' where key = 'pausing'`);
    world.now('2026-06-06T13:00:00Z');
    expect(await refusal(world.start(player, 'pausing'))).toMatchObject({ code: 'event_disabled' });
    expect(await refusal(world.finish(player, attempt, { eventKey: 'pausing' }))).toMatchObject({
      code: 'event_disabled',
    });
    await world.list(player);
    await world.workersRun();
    expect(await attemptsOf(player)).toMatchObject([{ status: 'in_progress' }]);
    await world.rows(`update event set status = 'live' where key = 'pausing'`);
    await eventually(async () => {
      await world.workersRun();
      expect(await attemptsOf(player)).toMatchObject([{ status: 'expired' }]);
    });
    expect((await world.start(player, 'pausing')).status).toBe(201);
  });
});

describe('the cap of a day', () => {
  it('ends at midnight of the zone of the event', async () => {
    const player = world.player('tom');
    world.now('2026-06-10T03:59:59Z');
    await world.finish(player, await world.started(player, 'new_york'), { eventKey: 'new_york' });
    expect(await refusal(world.start(player, 'new_york'))).toMatchObject({
      code: 'max_daily_attempts_reached',
      details: { limit: 1, used: 1, resetsAt: '2026-06-10T04:00:00.000Z' },
    });
    world.now('2026-06-10T04:00:00Z');
    expect((await world.start(player, 'new_york')).status).toBe(201);
  });
});

describe('a start that hands back', () => {
  it('keeps the context it brought, tells it, and leaves that of the attempt alone', async () => {
    const player = world.player('uli');
    const { data } = await world.start(player, 'three', { playerContext: { level: 1 } });
    await world.start(player, 'three', { playerContext: { level: 2 } });
    await eventually(() => expect(world.heard(playerContextGiven, player.playerId)).toHaveLength(1));
    const stored = await world.rows(
      'select c.context, a.player_context from player_context c, attempt a where c.player_id = $1 and a.id = $2',
      [player.playerId, data.attempt.id],
    );
    expect(stored).toEqual([{ context: { level: 2 }, player_context: { level: 1 } }]);
  });

  it('keeps no email address with an attempt', async () => {
    const player = world.player('xena');
    const playerContext = { level: 1, email: 'x@example.com' };
    await world.start(player, 'three', { playerContext });
    await world.start(player, 'three', { playerContext });
    const stored = await world.rows(
      `select c.context, a.player_context from player_context c join attempt a using (player_id) where player_id = $1`,
      [player.playerId],
    );
    expect(stored).toEqual([{ context: { level: 1 }, player_context: { level: 1 } }]);
    await eventually(() => expect(world.heard(playerContextGiven, player.playerId)).toHaveLength(1));
    expect(world.heard(playerContextGiven, player.playerId)[0]?.payload.playerContext).toEqual(playerContext);
  });

  it('gives a later attempt that brings none the last context', async () => {
    const player = world.player('vera');
    const first = await world.start(player, 'three', { playerContext: { level: 7 } });
    await world.finish(player, first.data.attempt, { eventKey: 'three' });
    const next = await world.started(player, 'three');
    const stored = await world.rows('select player_context from attempt where id = $1', [next.id]);
    expect(stored).toEqual([{ player_context: { level: 7 } }]);
  });
});

describe('a completion', () => {
  it('names no policy when it pays nothing by itself', async () => {
    const player = world.player('wim');
    const attempt = await world.started(player, 'pool');
    await world.progress(player, attempt, { shells: 1 }, { eventKey: 'pool' });
    await eventually(() => expect(world.heard(attemptCompleted, attempt.id)).toHaveLength(1));
    expect(world.heard(attemptCompleted, attempt.id)[0]?.payload.rewardPolicy).toBeNull();
  });
});
