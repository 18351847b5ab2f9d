import { attemptExpired, eventBoardClosed, eventWindowClosed, forceCompleteAttempt } from '@kraty/contracts/events';
import type { Operator } from '@kraty/contracts/identity';
import { uuidV7 } from '@kraty/platform/ids';
import { Database } from '@kraty/platform/persistence';
import { Metrics } from '@kraty/platform/telemetry';
import { eventually } from '@kraty/testing/harness';
import { crabSprint, EventsWorld } from '../events-world.fixture.js';
import { boardsAChunk } from './closing.service.js';
import { WindowsStore } from './windows.store.js';

const noon = '2026-06-01T12:00:00Z';
const evening = { mode: 'fixed_window', startsAt: noon, endsAt: '2026-06-01T18:00:00Z' } as const;
const later = '2026-06-01T18:00:01Z';

let world: EventsWorld;

beforeAll(async () => {
  world = await EventsWorld.start(noon);
  world.hear(attemptExpired as never, eventBoardClosed as never, eventWindowClosed as never);
});

afterAll(() => world.stop());
beforeEach(() => world.now(noon));

const withTarget = (key: string) => crabSprint({ key, availability: evening, metrics: [{ key: 'shells', target: 9 }] });
const stateOf = async (windowId: string) =>
  (await world.rows('select state from event_window where id = $1', [windowId]))[0]?.['state'];
const statusOf = async ({ id }: { id: string }) =>
  (await world.rows('select status from attempt where id = $1', [id]))[0]?.['status'];

/** Windows close before attempts are tried again, so a window may close in the round after its last attempt's. */
const finalized = (windowId: string) =>
  eventually(async () => {
    await world.workersRun();
    expect(await stateOf(windowId)).toBe('finalized');
  });

const settledAs = (statuses: string[], ...attempts: { id: string }[]) =>
  eventually(async () => {
    await world.workersRun();
    expect(await Promise.all(attempts.map(statusOf))).toEqual(statuses);
  });

/** Boards that many cohorts would have opened. */
async function moreBoards(windowId: string, count: number): Promise<void> {
  await world.rows(
    `insert into event_board (leaderboard_id, event_window_id, environment, studio_id, game_id, event_id, event_key, mode,
            score_aggregation, shard, ordinal, capacity)
     select gen_random_uuid(), event_window_id, environment, studio_id, game_id, event_id, event_key, mode,
            score_aggregation, 'shard ' || n, 0, capacity
       from generate_series(1, $2) n, (select * from event_board where event_window_id = $1 and environment = 'live') b`,
    [windowId, count],
  );
}

describe('a window of more boards than one transaction closes', () => {
  it('goes on where a crash has stopped it: each board is told once, and the window last', async () => {
    await world.configure(withTarget('many'));
    const { eventWindowId: windowId } = await world.started(world.player('mira'), 'many');
    await moreBoards(windowId, 2 * boardsAChunk);
    const store = world.service(WindowsStore);
    const { closeBoards } = WindowsStore.prototype;
    let chunks = 0;
    store.closeBoards = (...call) => {
      chunks += 1;
      return chunks > 1 ? Promise.reject(new Error('killed')) : closeBoards.apply(store, call);
    };
    world.now(later);
    await world.workersRun();
    expect(chunks).toBeGreaterThan(1);
    expect(await stateOf(windowId)).toBe('closing');
    const open = 'select 1 from event_board where event_window_id = $1 and closed_at is null';
    expect(await world.rows(open, [windowId])).toHaveLength(boardsAChunk + 2);
    expect(world.heard(eventWindowClosed, windowId)).toEqual([]);

    store.closeBoards = closeBoards;
    await world.workersRun();
    await world.workersRun();
    expect(await stateOf(windowId)).toBe('finalized');
    expect(await world.rows(open, [windowId])).toEqual([]);
    await eventually(() => {
      expect(world.heard(eventWindowClosed, windowId)).toHaveLength(1);
      const closed = world.heard(eventBoardClosed).filter(({ payload }) => payload.eventWindowId === windowId);
      expect(closed).toHaveLength(2 * boardsAChunk + 2);
      expect(new Set(closed.map(({ aggregateId }) => aggregateId)).size).toBe(2 * boardsAChunk + 2);
      expect(new Set(closed.map(({ payload }) => payload.closedAt))).toEqual(new Set(['2026-06-01T18:00:00.000Z']));
    });
    const [{ told }] = (await world.rows(
      `select (select seq from outbox where subject = $1 and payload like $3) >
              (select max(seq) from outbox where subject = $2 and payload like $3) as told`,
      [eventWindowClosed.subject, eventBoardClosed.subject, `%${windowId}%`],
    )) as [{ told: boolean }];
    expect(told).toBe(true);
  });
});

describe('an attempt that cannot be ended', () => {
  /** Nobody can read the revision these are played by. */
  const spoil = (...attempts: { id: string }[]) =>
    world.rows('update attempt set revision = 99 where id = any($1)', [attempts.map(({ id }) => id)]);
  const parked = async () => (await world.rows('select attempt_id as id from parked_attempt')).map(({ id }) => id);
  const gauge = () => world.service(Metrics).registry.getSingleMetricAsString('parked_attempts');

  it('keeps no other attempt of its chunk waiting, neither in the sweep nor in the closing', async () => {
    await world.configure(
      { ...withTarget('spoiled'), attempt: { durationSeconds: 3_600, replayableDuringWindow: true } },
      withTarget('spoiled_window'),
      withTarget('sound'),
    );
    const players = ['noor', 'otto', 'pia'].map((name) => world.player(name));
    const swept = await Promise.all(players.map((player) => world.started(player, 'spoiled')));
    const closed = await Promise.all(players.map((player) => world.started(player, 'spoiled_window')));
    const sound = await world.started(players[0]!, 'sound');
    const spoiled = [swept[1]!, closed[1]!];
    await spoil(...spoiled);

    world.now('2026-06-01T13:00:01Z');
    await settledAs(['expired', 'in_progress', 'expired'], ...swept);
    world.now(later);
    await settledAs(['expired', 'in_progress', 'expired'], ...closed);
    expect(await stateOf(closed[0]!.eventWindowId)).toBe('closing');
    await finalized(sound.eventWindowId);
    expect((await parked()).sort()).toEqual(spoiled.map(({ id }) => id).sort());
    expect(await gauge()).toMatch(/ 2$/m);

    // Once it can be read, everything goes on by itself.
    await world.rows('update attempt set revision = 1 where id = any($1)', [spoiled.map(({ id }) => id)]);
    world.now('2026-06-01T18:05:02Z');
    await finalized(swept[0]!.eventWindowId);
    await finalized(closed[0]!.eventWindowId);
    await eventually(() => expect(world.heard(attemptExpired, closed[1]!.id)).toHaveLength(1));
    expect(await parked()).toEqual([]);
    expect(await gauge()).toMatch(/ 0$/m);
  });

  it('is waited for an hour; then its window closes without it, and it ends when it can', async () => {
    await world.configure(withTarget('left_behind'));
    const [sound, spoiled] = await Promise.all(
      ['quinn', 'rosa'].map((name) => world.started(world.player(name), 'left_behind')),
    );
    await spoil(spoiled!);
    world.now(later);
    await world.workersRun();
    world.now('2026-06-01T18:59:00Z');
    await world.workersRun();
    expect(await stateOf(sound!.eventWindowId)).toBe('closing');

    world.now('2026-06-01T19:00:02Z');
    await finalized(sound!.eventWindowId);
    expect([await statusOf(sound!), await statusOf(spoiled!)]).toEqual(['expired', 'in_progress']);
    await eventually(() => expect(world.heard(eventWindowClosed, sound!.eventWindowId)).toHaveLength(1));

    await world.rows('update attempt set revision = 1 where id = $1', [spoiled!.id]);
    world.now('2026-06-01T19:10:00Z');
    await world.workersRun();
    await eventually(() => expect(world.heard(attemptExpired, spoiled!.id)).toHaveLength(1));
    expect((await world.rows('select ends_at from attempt where id = $1', [spoiled!.id]))[0]).toEqual({
      ends_at: new Date('2026-06-01T18:00:00Z'),
    });
  });

  it('is tried again when its window was ended early, whatever its own end is', async () => {
    await world.configure(crabSprint({ key: 'endless' }));
    const { id, eventWindowId, endsAt } = await world.started(world.player('uma'), 'endless');
    expect(endsAt).toBe('9999-12-31T23:59:59.000Z');
    await spoil({ id });
    world.now('2026-06-01T13:00:00Z');
    const [event] = await world.rows("select id from event where key = 'endless'");
    const database = world.service(Database);
    await world.service(WindowsStore).endOpen(database, String(event?.['id']), null, world.clock.now());
    await world.workersRun();
    world.now('2026-06-01T14:00:01Z');
    await finalized(eventWindowId);
    await world.rows('update attempt set revision = 1 where id = $1', [id]);
    world.now('2026-06-01T14:06:00Z');
    await settledAs(['expired'], { id });
  });

  it('is waited for as long as it takes when there are too many like it', async () => {
    await world.configure(withTarget('all_broken'));
    const { id, eventWindowId } = await world.started(world.player('sami'), 'all_broken');
    await spoil({ id });
    world.now(later);
    await world.workersRun();
    await world.rows(
      `insert into parked_attempt select gen_random_uuid(), event_window_id, studio_id, game_id, reason, failed_since, due_at
         from parked_attempt, generate_series(1, 100) where attempt_id = $1`,
      [id],
    );
    world.now('2026-06-02T18:00:00Z');
    await world.workersRun();
    expect(await stateOf(eventWindowId)).toBe('closing');
    await world.rows('delete from parked_attempt where event_window_id = $1 and attempt_id <> $2', [eventWindowId, id]);
    await finalized(eventWindowId);
  });

  it('is completed by an operator who forces it, and its window closes with it', async () => {
    await world.configure(withTarget('forced'));
    const { id, eventWindowId } = await world.started(world.player('tove'), 'forced');
    await spoil({ id });
    world.now(later);
    await world.workersRun();
    expect(await stateOf(eventWindowId)).toBe('closing');
    const person = { memberId: uuidV7(), email: 'support@example.com', name: 'Support', sessionId: uuidV7() };
    const operator: Operator = {
      ...person,
      tokenId: null,
      limitedTo: null,
      requestId: 'r-1',
      ip: null,
      userAgent: null,
    };
    const force = { scope: world.scope, operator, idempotency: null, attemptId: id, reason: 'its data are broken' };
    const { attempt } = await world.ask(forceCompleteAttempt, { ...force, overrideScore: null });
    expect(attempt).toMatchObject({ status: 'force_completed', metrics: { shells: 0 } });
    await finalized(eventWindowId);
    expect(await parked()).not.toContain(id);
  });
});
