import type { PlayerRef } from '@kraty/contracts/common';
import { configurationRoutes, type CheckConfiguration } from '@kraty/contracts/configuration';
import type { EventDocumentEntry } from '@kraty/contracts/events';
import { Failure } from '@kraty/platform/errors';
import { uuidV7 } from '@kraty/platform/ids';
import { anyEvent, namedGame } from '@kraty/testing/arbitraries';
import fc from 'fast-check';
import { IdentityDouble } from './conditions/identity-double.fixture.js';
import { EconomyDouble } from './entry-cost/economy-double.fixture.js';
import { crabSprint, EventsWorld } from './events-world.fixture.js';

/** Whatever was accepted can be played, through days and windows, and no step of it is a bug. */
const startOfTime = Date.parse('2026-06-01T12:00:00Z');
const runs = 12;
/** Configuring, playing and closing, run by run; milliseconds. */
const deadlineMs = 180_000;
const routes = configurationRoutes('events');

let world: EventsWorld;
let economy: EconomyDouble;
let identity: IdentityDouble;
let round = 0;
let written = 0;

beforeAll(async () => {
  world = await EventsWorld.start(new Date(startOfTime).toISOString(), ['economy', 'identity']);
  economy = await new EconomyDouble().start(world.ground);
  identity = await new IdentityDouble().start(world.ground);
});

afterAll(async () => {
  await economy.stop();
  await identity.stop();
  await world.stop();
});

/** Mostly what a sound client reports, and sometimes what it should not. */
const metrics = fc.oneof(
  { weight: 6, arbitrary: fc.record({ m0: fc.integer({ min: -2, max: 20 }) }) },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.constantFrom('m0', 'm1', 'm2', 'gone'),
      fc.double({ min: -1e15, max: 1e15, noNaN: true }),
      { minKeys: 1 },
    ),
  },
);
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('start' as const), level: fc.nat(9), team: fc.constantFrom('red', '') }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('progress' as const),
      mode: fc.constantFrom('increment' as const, 'set' as const),
      metrics,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('finish' as const, 'list' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), hours: fc.constantFrom(1, 13, 30, 100) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Many events are shut, or open to few; those of the last kind are there to be played. */
const anEvent = fc.oneof(
  anyEvent(),
  anyEvent({ gates: false }),
  anyEvent({ gates: false, availability: fc.constant({ mode: 'always_on' }) }),
);
const begin: Step = { kind: 'start', level: 5, team: 'red' };
const steps = fc.array(step, { minLength: 5, maxLength: 20 }).map((rest) => [begin, ...rest]);
/** Chance may bring none that can be played; this one can be. */
const plain: [EventDocumentEntry, Step[]] = [
  crabSprint({ metrics: [{ key: 'm0' }] }),
  [begin, { kind: 'progress', mode: 'increment', metrics: { m0: 1 } }, { kind: 'finish' }],
];

describe('any event that is accepted', () => {
  it(
    'is played and closed without a bug',
    async () => {
      await fc.assert(
        fc.asyncProperty(anEvent, steps, async (event, taken) => {
          round += 1;
          const key = `event_${round}`;
          await configure({ ...event, key, scheduleAheadDays: 1 });
          const play = new Play(known(`mira_${round}`), key);
          for (const one of taken) await play.take(one);
        }),
        { numRuns: runs, examples: [plain], endOnFailure: true },
      );
      // Of the plain event at least; chance may bring no other that can be played.
      expect(written).toBeGreaterThan(0);
    },
    deadlineMs,
  );
});

/** Somebody who holds a little of what events ask for. */
function known(name: string): PlayerRef {
  const player = world.player(name);
  economy.give(player.playerId, { cash: 10, torch: 3, league_tier: round % 3 });
  identity.traits.set(player.playerId, {
    country: round % 2 === 0 ? 'PT' : null,
    firstSeenAt: world.clock.now().toISOString(),
  });
  return player;
}

async function configure(event: EventDocumentEntry): Promise<void> {
  const changes = { upserts: { events: [event] }, archives: {} };
  const settings = {} as CheckConfiguration['settings'];
  const apply = { game: world.game, applyId: uuidV7() };
  const desired = { ...namedGame, events: [event] };
  await world.ask(routes.prepare, { ...apply, changes, desired, settings, actor: 'designer@example.com' });
  await world.ask(routes.commit, apply);
}

/** One player in one event. */
class Play {
  private attempt: { id: string } | null = null;

  constructor(
    private readonly player: PlayerRef,
    private readonly key: string,
  ) {}

  async take(taken: Step): Promise<void> {
    try {
      await this.doIt(taken);
    } catch (error) {
      if (!(error instanceof Failure && error.status < 500)) throw error;
    }
  }

  private async doIt(taken: Step): Promise<void> {
    switch (taken.kind) {
      case 'start':
        this.attempt = (
          await world.start(this.player, this.key, { playerContext: { level: taken.level, team: taken.team } })
        ).data.attempt;
        return;
      case 'progress':
        if (this.attempt === null) return;
        await world.progress(this.player, this.attempt, taken.metrics, { eventKey: this.key, mode: taken.mode });
        written += 1;
        return;
      case 'finish':
        if (this.attempt === null) return;
        await world.finish(this.player, this.attempt, { eventKey: this.key });
        return;
      case 'list':
        await world.list(this.player);
        return;
      case 'wait':
        world.clock.advance(taken.hours * 3_600_000);
        await world.workersRun();
    }
  }
}
