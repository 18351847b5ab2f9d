import { attemptExpired, eventBoardClosed, eventWindowClosed } from '@kraty/contracts/events';
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
    const spoiled = [swept[1]!, closed[1]!].map(({ id }) => id);
    await world.rows('update attempt set revision = 99 where id = any($1)', [spoiled]);

    world.now('2026-06-01T13:00:01Z');
    await world.workersRun();
    expect(await Promise.all(swept.map(statusOf))).toEqual(['expired', 'in_progress', 'expired']);
    world.now(later);
    await world.workersRun();
    expect(await Promise.all(closed.map(statusOf))).toEqual(['expired', 'in_progress', 'expired']);
    expect(await stateOf(closed[0]!.eventWindowId)).toBe('closing');
    expect(await stateOf(sound.eventWindowId)).toBe('finalized');

    // Once it can be read, everything goes on by itself.
    await world.rows('update attempt set revision = 1 where id = any($1)', [spoiled]);
    await world.workersRun();
    await world.workersRun();
    expect(await stateOf(swept[0]!.eventWindowId)).toBe('finalized');
    expect(await stateOf(closed[0]!.eventWindowId)).toBe('finalized');
    await eventually(() => expect(world.heard(attemptExpired, closed[1]!.id)).toHaveLength(1));
  });
});
