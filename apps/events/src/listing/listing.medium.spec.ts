import { Endings } from '../attempts/endings.service.js';
import { crabSprint, EventsWorld } from '../events-world.fixture.js';

let world: EventsWorld;

beforeAll(async () => {
  world = await EventsWorld.start('2026-06-01T12:00:00Z');
  const until = (endsAt: string) => ({ mode: 'fixed_window', startsAt: '2026-06-01T13:00:00Z', endsAt }) as const;
  await world.configure(
    crabSprint({ key: 'b_late', availability: until('2026-06-03T00:00:00Z') }),
    crabSprint({ key: 'b_early', availability: until('2026-06-02T00:00:00Z') }),
    crabSprint({ key: 'B_early', availability: until('2026-06-02T00:00:00Z') }),
    crabSprint({ key: 'draft', status: 'draft' }),
    crabSprint({
      key: 'later',
      availability: { mode: 'fixed_window', startsAt: '2027-01-01T00:00:00Z', endsAt: '2027-02-01T00:00:00Z' },
    }),
  );
});

afterAll(() => world.stop());

describe('the listing', () => {
  it('opens by the clock, in the order of ends and keys', async () => {
    world.now('2026-06-01T12:59:59.999Z');
    expect(await world.list(null)).toEqual([]);
    world.now('2026-06-01T13:00:00Z');
    expect((await world.list(null)).map(({ eventKey }) => eventKey)).toEqual(['B_early', 'b_early', 'b_late']);
    world.now('2026-06-02T00:00:00Z');
    expect((await world.list(null)).map(({ eventKey }) => eventKey)).toEqual(['b_late']);
  });

  it('shows each player the attempt in progress, on the board of the environment', async () => {
    world.now('2026-06-01T14:00:00Z');
    const [player, other] = [world.player('mira'), world.player('noor')];
    const attempt = await world.started(player, 'b_late');
    const currentOf = async (who: typeof player) =>
      (await world.list(who)).map(({ currentAttemptId }) => currentAttemptId);
    expect(await currentOf(player)).toEqual([null, null, attempt.id]);
    expect(await currentOf(other)).toEqual([null, null, null]);
    const [listed] = (await world.list(player)).slice(-1);
    expect(listed).toMatchObject({ leaderboardId: attempt.leaderboardId, windowId: attempt.eventWindowId });
  });

  it('hides a paused event and another game', async () => {
    world.now('2026-06-01T14:00:00Z');
    await world.rows(`update event set status = 'paused' where key = 'b_late'`);
    expect((await world.list(null)).map(({ eventKey }) => eventKey)).toEqual(['B_early', 'b_early']);
    await world.rows(`update event set status = 'live' where key = 'b_late'`);
    expect(await world.anotherGame().list(null)).toEqual([]);
  });

  it('resolves what has run out, and stays there for a player of whom an attempt cannot be ended', async () => {
    world.now('2026-06-01T14:00:00Z');
    const timed = world.anotherGame();
    await timed.configure(crabSprint({ attempt: { durationSeconds: 60 } }), crabSprint({ key: 'other' }));
    const [player, unlucky] = [timed.player('mira'), timed.player('noor')];
    const [attempt, spoiled] = [
      await timed.started(player, 'crab_sprint'),
      await timed.started(unlucky, 'crab_sprint'),
    ];
    const statusOf = async ({ id }: { id: string }) =>
      (await timed.rows('select status from attempt where id = $1', [id]))[0]?.['status'];
    await timed.rows('update attempt set revision = 99 where id = $1', [spoiled.id]);
    world.now('2026-06-01T14:01:00Z');
    for (const who of [player, unlucky]) {
      expect((await timed.list(who)).map(({ eventKey, currentAttemptId }) => [eventKey, currentAttemptId])).toEqual([
        ['crab_sprint', null],
        ['other', null],
      ]);
    }
    expect([await statusOf(attempt), await statusOf(spoiled)]).toEqual(['expired', 'in_progress']);
  });

  it('resolves what can be beside an attempt that cannot, and tries that one no more', async () => {
    world.now('2026-06-01T14:00:00Z');
    const timed = world.anotherGame();
    await timed.configure(
      crabSprint({ key: 'broken', attempt: { durationSeconds: 60 } }),
      crabSprint({ key: 'sound', attempt: { durationSeconds: 60 } }),
    );
    const player = timed.player('olga');
    const [spoiled, attempt] = [await timed.started(player, 'broken'), await timed.started(player, 'sound')];
    await timed.rows('update attempt set revision = 99 where id = $1', [spoiled.id]);
    const endings = timed.service(Endings);
    const tried: string[][] = [];
    endings.timeOutAlone = (attemptIds) => {
      tried.push([...attemptIds]);
      return Endings.prototype.timeOutAlone.call(endings, attemptIds);
    };
    world.now('2026-06-01T14:01:00Z');
    await timed.list(player);
    const rows = await timed.rows('select id from attempt where id = any($1) and status = $2', [
      [attempt.id, spoiled.id],
      'expired',
    ]);
    expect(rows).toEqual([{ id: attempt.id }]);
    expect(await timed.rows('select attempt_id from parked_attempt where attempt_id = $1', [spoiled.id])).toHaveLength(
      1,
    );
    tried.length = 0;
    expect(await timed.list(player)).toHaveLength(2);
    Reflect.deleteProperty(endings, 'timeOutAlone');
    expect(tried).toEqual([]);
  });

  it('leaves out an event whose revision nobody can read, and no other', async () => {
    world.now('2026-06-01T14:00:00Z');
    const spoiled = world.anotherGame();
    await spoiled.configure(crabSprint({ key: 'sound' }), crabSprint({ key: 'spoiled' }));
    const player = spoiled.player('pia');
    await spoiled.started(player, 'sound');
    await spoiled.rows(
      `update event_window w set revision = 99 from event e
        where e.id = w.event_id and e.key = 'spoiled' and e.game_id = $1`,
      [spoiled.game.gameId],
    );
    expect((await spoiled.list(player)).map(({ eventKey }) => eventKey)).toEqual(['sound']);
  });
});
