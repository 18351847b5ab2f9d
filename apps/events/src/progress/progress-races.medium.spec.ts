import type { PlayerRef } from '@kraty/contracts/common';
import { attemptCompleted, attemptScored, readBoardStandings, type Attempt } from '@kraty/contracts/events';
import type { Failure } from '@kraty/platform/errors';
import { Database, type Tx } from '@kraty/platform/persistence';
import { eventually, type Host } from '@kraty/testing/harness';
import { crabSprint, EventsWorld, refusal } from '../events-world.fixture.js';

let world: EventsWorld;
/** A second process's worth of the service: calls go to either, so that rows and not memory decide. */
let other: Host;

const open = '2026-06-01T12:00:00Z';

beforeAll(async () => {
  world = await EventsWorld.start(open);
  other = await world.another();
  world.hear(attemptScored as never, attemptCompleted as never);
  await world.configure(
    crabSprint({ metrics: [{ key: 'shells' }, { key: 'crabs' }] }),
    crabSprint({ key: 'target', metrics: [{ key: 'shells', target: 5 }] }),
    crabSprint({
      key: 'timed',
      availability: { mode: 'fixed_window', startsAt: open, endsAt: '2026-06-01T13:00:00Z' },
    }),
  );
});

afterAll(async () => {
  await other.stop();
  await world.stop();
});
beforeEach(() => world.now(open));

const rowOf = async ({ id }: Attempt) => {
  const [row] = await world.rows(
    `select status, score, progress_count, metrics_raw, completed_at from attempt where id = $1`,
    [id],
  );
  return row as { status: string; score: number; progress_count: number; metrics_raw: Record<string, number> };
};

/** What another writer has written is seen once `work` has run. */
async function whileWriting<R>(work: (tx: Tx) => Promise<R>): Promise<R> {
  const database = new Database({ url: world.ground.databaseUrl('events'), poolMax: 1, applicationName: 'holder' });
  try {
    return await database.transaction(work);
  } finally {
    await database.close();
  }
}

/** Holds the row of an attempt, as another writer would, while `work` runs. */
function whileLocked<R>({ id }: Attempt, work: () => Promise<R>): Promise<R> {
  return whileWriting(async (tx) => {
    await tx.query('select id from attempt where id = $1 for update', [id]);
    return work();
  });
}

const someoneWaits = () =>
  eventually(async () => {
    const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    expect((await world.rows(waiting)).length).toBeGreaterThan(0);
  });

describe('progress in two processes at once (05 §17.2)', () => {
  it('applies every increment', async () => {
    const player = world.player('ada');
    const attempt = await world.started(player, 'crab_sprint');
    await Promise.all(Array.from({ length: 200 }, () => world.progress(player, attempt, { shells: 1 })));
    expect(await rowOf(attempt)).toMatchObject({ score: 200, progress_count: 200 });
    await eventually(() => expect(world.heard(attemptScored, attempt.id)).toHaveLength(200));
    const revisions = world.heard(attemptScored, attempt.id).map(({ revision, payload }) => [revision, payload.score]);
    expect(revisions.toSorted(([a = 0], [b = 0]) => a - b)).toEqual(
      Array.from({ length: 200 }, (_, at) => [at + 1, at + 1]),
    );
  });

  it('lets the last of two sets win, and answers each with its own state', async () => {
    const player = world.player('bea');
    const attempt = await world.started(player, 'crab_sprint');
    const values = Array.from({ length: 50 }, (_, at) => at + 1);
    const replies = await Promise.all(
      values.map((value) => world.progress(player, attempt, { shells: value }, { mode: 'set' })),
    );
    expect(replies.map(({ data }) => data.attempt.metricsRaw['shells'])).toEqual(values);
    await eventually(() => expect(world.heard(attemptScored, attempt.id)).toHaveLength(values.length));
    const last = world.heard(attemptScored, attempt.id).find(({ revision }) => revision === values.length);
    expect(await rowOf(attempt)).toMatchObject({ score: last?.payload.score, progress_count: values.length });
  });

  it('lets one write complete, and refuses what comes later', async () => {
    const player = world.player('cleo');
    const options = { eventKey: 'target' };
    const attempt = await world.started(player, 'target');
    const settled = await Promise.allSettled(
      Array.from({ length: 30 }, () => world.progress(player, attempt, { shells: 1 }, options)),
    );
    const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as Failure] : []));
    expect(refused).toHaveLength(25);
    for (const failure of refused) {
      expect(failure.wire()).toMatchObject({ code: 'attempt_finished', details: { status: 'completed' } });
    }
    expect(await rowOf(attempt)).toMatchObject({ status: 'completed', score: 5, progress_count: 5 });
    await eventually(() => expect(world.heard(attemptCompleted, attempt.id)).toHaveLength(1));
  });

  it('gives twins of one key one effect and one answer', async () => {
    const player = world.player('dora');
    const attempt = await world.started(player, 'crab_sprint');
    const twins = await Promise.all(
      Array.from({ length: 40 }, () => world.progress(player, attempt, { shells: 1 }, { key: 'twin' })),
    );
    expect(new Set(twins.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    expect(twins.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await rowOf(attempt)).toMatchObject({ score: 1, progress_count: 1 });
  });

  it.each([
    ['alone', 0],
    ['among neighbours, which all count', 2],
  ])('answers a key that was recorded past the locks with what was recorded: %s', async (name, neighbours) => {
    const players = Array.from({ length: 2 + neighbours }, (_, at) => world.player(`${name} ${at}`));
    const attempts = await Promise.all(players.map((player) => world.started(player, 'crab_sprint')));
    const call = (at: number) => world.progress(players[at]!, attempts[at]!, { shells: 1 }, { key: 'past the locks' });
    const first = await call(0);
    const copied = `insert into idempotency_record
      select game_id, environment, replace(replace(operation, $1, $2), $3, $4), key, request_hash, status, reply, created_at
        from idempotency_record where operation like '%' || $1::text || '%'`;
    const { calls } = await whileWriting(async (tx) => {
      const [from, to] = [attempts[0]!.id, attempts[1]!.id];
      await tx.query(copied, [from, to, players[0]!.externalPlayerId, players[1]!.externalPlayerId]);
      const sent = players.slice(1).map((_, above) => call(above + 1));
      await someoneWaits();
      return { calls: sent };
    });
    const [overtaken, ...others] = await Promise.all(calls);
    expect(overtaken).toEqual({ ...first, replayed: true });
    expect(others.map(({ replayed, data }) => [replayed, data.attempt.score])).toEqual(others.map(() => [false, 1]));
    const counted = await Promise.all(attempts.map(async (attempt) => (await rowOf(attempt)).progress_count));
    expect(counted).toEqual([1, 0, ...others.map(() => 1)]);
  });
});

describe('progress while its window closes', () => {
  const options = { eventKey: 'timed' };

  it('that waits for a lock until the end has passed does not count, and ends the attempt', async () => {
    const player = world.player('elsa');
    const attempt = await world.started(player, 'timed');
    await world.progress(player, attempt, { shells: 1 }, options);
    const late = await whileLocked(attempt, async () => {
      const call = refusal(world.progress(player, attempt, { shells: 1 }, options));
      await someoneWaits();
      world.now('2026-06-01T13:00:00Z');
      return { call };
    });
    expect(await late.call).toMatchObject({ code: 'attempt_finished', details: { status: 'completed' } });
    expect(await rowOf(attempt)).toMatchObject({ status: 'completed', score: 1, progress_count: 1 });
  });

  it('counts if it was accepted, and is refused otherwise; the board is frozen with exactly that', async () => {
    const players = Array.from({ length: 10 }, (_, at) => world.player(`late ${at}`));
    const attempts = await Promise.all(players.map((player) => world.started(player, 'timed')));
    const accepted = players.map(() => 0);
    const call = async (player: PlayerRef, at: number) => {
      try {
        await world.progress(player, attempts[at]!, { shells: 1 }, options);
        accepted[at] = accepted[at]! + 1;
      } catch (error) {
        expect((error as Failure).wire().code).toBe('attempt_finished');
      }
    };
    const wave = () => players.flatMap((player, at) => Array.from({ length: 20 }, () => call(player, at)));
    const inTime = wave();
    await inTime[0];
    const late = wave();
    world.now('2026-06-01T13:00:00Z');
    await eventually(async () => {
      await world.workersRun();
      const [window] = await world.rows(`select state from event_window where id = $1`, [attempts[0]!.eventWindowId]);
      expect(window?.['state']).toBe('finalized');
    });
    const leaderboardId = attempts[0]!.leaderboardId;
    const { standings } = await world.ask(readBoardStandings, { leaderboardId, afterPlayerId: null, limit: 100 });
    const frozen = new Map(standings.map(({ playerId, score }) => [playerId, score]));
    await Promise.all([...inTime, ...late]);
    expect(accepted.reduce((sum, count) => sum + count)).toBeLessThan(inTime.length + late.length);
    for (const [at, { playerId }] of players.entries()) {
      expect(frozen.get(playerId)).toBe(accepted[at] === 0 ? null : accepted[at]);
      expect(await rowOf(attempts[at]!)).toMatchObject({ score: accepted[at], progress_count: accepted[at] });
    }
  });
});
