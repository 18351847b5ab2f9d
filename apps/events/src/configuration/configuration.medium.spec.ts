import { configurationRoutes } from '@kraty/contracts/configuration';
import type { Availability } from '@kraty/contracts/events';
import { uuidV7 } from '@kraty/platform/ids';
import { crabSprint, EventsWorld, refusal } from '../events-world.fixture.js';

const routes = configurationRoutes('events');
let ground: EventsWorld;
let world: EventsWorld;

beforeAll(async () => {
  ground = await EventsWorld.start('2026-06-01T12:00:00Z');
});

afterAll(() => ground.stop());

beforeEach(() => {
  ground.now('2026-06-01T12:00:00Z');
  world = ground.anotherGame();
});

describe('the events section of a document', () => {
  it('is exported in canonical form, and applying the export changes nothing', async () => {
    await world.configure(
      {
        key: 'zebra',
        name: 'zebra',
        type: 'single_metric',
        metrics: [{ key: 'stripes', capAtTarget: false, scoreWeight: 1 }],
        scoreFormula: { type: 'linear' },
        completion: { rule: 'all_targets' },
        leaderboard: { mode: 'global', scoreAggregation: 'best' },
        attempt: { replayableDuringWindow: false },
        rewardPolicy: { type: 'none' },
        metadata: {},
      },
      crabSprint({
        status: 'scheduled',
        metadata: { tier: 'boss', banner: { b: 1, a: null } },
        metrics: [{ key: 'shells', scoreWeight: 3, target: 5 }],
        availability: {
          mode: 'recurring_windows',
          timezone: 'Europe/Lisbon',
          windows: [
            {
              startTime: '18:00',
              durationSeconds: 86_400,
              daysOfWeek: [6, 0, 1, 2, 3, 4, 5],
              durationMode: 'calendar',
            },
          ],
        },
      }),
    );
    const exported = await world.export();
    expect(exported).toEqual({
      sections: {
        events: [
          {
            key: 'crab_sprint',
            status: 'scheduled',
            availability: {
              mode: 'recurring_windows',
              timezone: 'Europe/Lisbon',
              windows: [{ startTime: '18:00', durationSeconds: 86_400 }],
            },
            metadata: { banner: { a: null, b: 1 }, tier: 'boss' },
            metrics: [{ key: 'shells', scorePerUnit: 3, target: 5 }],
            attempt: { replayableDuringWindow: true },
          },
          { key: 'zebra', metrics: [{ key: 'stripes' }] },
        ],
      },
      archivedKeys: { events: [] },
      runningWindows: { crab_sprint: '2026-05-31T17:00:00.000Z' },
    });
    await world.configure(...(exported.sections.events ?? []));
    expect(JSON.stringify(await world.export())).toBe(JSON.stringify(exported));
    expect(await world.rows('select distinct revision from event where game_id = $1', [world.game.gameId])).toEqual([
      { revision: 1 },
    ]);
  });

  it('makes a revision of a change, and open windows keep theirs', async () => {
    await world.configure(crabSprint({ metadata: { tier: 'one' }, availability: daily() }));
    const before = (await world.list(null))[0];
    await world.configure(
      crabSprint({ metadata: { tier: 'two' }, availability: daily(), metrics: [{ key: 'shells', scorePerUnit: 5 }] }),
    );
    const after = (await world.list(null))[0];
    expect(after).toEqual({ ...before, metadata: { tier: 'two' } });
    world.now('2026-06-02T12:00:00Z');
    await world.workersRun();
    expect((await world.list(null))[0]?.metrics).toEqual([{ key: 'shells', scorePerUnit: 5, scoreWeight: 5 }]);
  });

  it('re-pins the window of an always-on event, and a running attempt keeps its rules', async () => {
    const player = world.player('mira');
    await world.configure(crabSprint({ attempt: { durationSeconds: 60 } }));
    const attempt = await world.started(player, 'crab_sprint');
    await world.configure(crabSprint({ attempt: { durationSeconds: 600, replayableDuringWindow: true } }));
    expect((await world.started(player, 'crab_sprint')).endsAt).toBe(attempt.endsAt);
    await world.finish(player, attempt);
    expect((await world.started(player, 'crab_sprint')).endsAt).toBe('2026-06-01T12:10:00.000Z');
  });

  it('takes a draft back before it opens, publishes it again, and archives it', async () => {
    const later = { mode: 'fixed_window', startsAt: '2026-06-03T00:00:00Z', endsAt: '2026-06-04T00:00:00Z' } as const;
    const count = async () =>
      (await world.rows('select 1 from event_window where game_id = $1', [world.game.gameId])).length;
    await world.configure(crabSprint({ availability: later }));
    expect(await count()).toBe(1);
    await world.configure(crabSprint({ availability: later, status: 'draft' }));
    expect(await count()).toBe(0);
    await archive('crab_sprint');
    expect(await world.export()).toMatchObject({ sections: { events: [] }, archivedKeys: { events: ['crab_sprint'] } });
    expect(await refusal(world.start(world.player('mira'), 'crab_sprint'))).toMatchObject({ code: 'not_found' });
    await world.configure(crabSprint({ availability: later }));
    expect((await world.export()).archivedKeys).toEqual({ events: [] });
    expect(await count()).toBe(1);
  });

  it('refuses to archive, unpublish or bend what is live', async () => {
    await world.configure(crabSprint());
    const { issues } = await world.check([crabSprint({ status: 'draft' })]);
    expect(issues).toMatchObject([{ path: 'events[crab_sprint].status', code: 'conflict' }]);
    const bent = await world.check([crabSprint({ metrics: [{ key: 'crabs' }], availability: daily() })]);
    expect(bent.issues).toMatchObject([
      { path: 'events[crab_sprint].availability.mode', code: 'conflict' },
      { path: 'events[crab_sprint].metrics', code: 'conflict' },
    ]);
    const archived = await world.check([], ['crab_sprint', 'nothing']);
    expect(archived.issues).toMatchObject([
      { path: 'events[crab_sprint]', code: 'conflict' },
      { path: 'events[nothing]', code: 'unknown_reference' },
    ]);
  });
});

describe('an apply', () => {
  it('is prepared one at a time, and every step may be repeated', async () => {
    const [first, second] = [uuidV7(), uuidV7()];
    const asked = { ...world.change([crabSprint()]), actor: 'designer@example.com' };
    const prepare = (applyId: string) => world.ask(routes.prepare, { ...asked, applyId });
    const step = (applyId: string) => ({ game: world.game, applyId });

    await prepare(first);
    await prepare(first);
    expect(await refusal(prepare(second))).toMatchObject({ code: 'conflict' });
    await world.ask(routes.abandon, step(first));
    await world.ask(routes.abandon, step(first));
    await prepare(second);
    await world.ask(routes.commit, step(second));
    await world.ask(routes.commit, step(second));
    expect(await world.rows('select revision from event where game_id = $1', [world.game.gameId])).toEqual([
      { revision: 1 },
    ]);
  });

  it('is refused with every issue before anything is prepared', async () => {
    const wrong = { ...world.change([crabSprint({ metrics: [] })]), applyId: uuidV7(), actor: 'designer@example.com' };
    expect(await refusal(world.ask(routes.prepare, wrong))).toMatchObject({
      code: 'config_invalid',
      status: 422,
      details: { issues: [{ path: 'events[crab_sprint].metrics', code: 'required' }] },
    });
    expect(await world.rows('select 1 from configuration_apply where game_id = $1', [world.game.gameId])).toEqual([]);
  });
});

const daily = (): Availability => ({
  mode: 'recurring_windows',
  timezone: 'UTC',
  windows: [{ startTime: '10:00', durationSeconds: 86_400 }],
});

async function archive(key: string): Promise<void> {
  const apply = { game: world.game, applyId: uuidV7() };
  await world.ask(routes.prepare, { ...world.change([], [key]), ...apply, actor: 'designer@example.com' });
  await world.ask(routes.commit, apply);
}
