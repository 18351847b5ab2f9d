import type { PlayerRef } from '@kraty/contracts/common';
import { Outbox } from '@kraty/platform/facts';
import { eventually } from '@kraty/testing/harness';
import { crabSprint, EventsWorld } from '../events-world.fixture.js';
import { GrantsDouble, waitForGrants } from '../milestones/grants-double.fixture.js';

const eventKey = 'crab_sprint';

let world: EventsWorld;
let grants: GrantsDouble;

beforeAll(async () => {
  world = await EventsWorld.start('2026-06-01T12:00:00Z', ['grants']);
  grants = await new GrantsDouble(world.ground).started();
  waitForGrants(world.service(Outbox));
  await world.configure(crabSprint({ attempt: { durationSeconds: 60, replayableDuringWindow: true } }));
});

afterEach(() => grants.letGo());

afterAll(async () => {
  await grants.stop();
  await world.stop();
});

type Attempt = Awaited<ReturnType<EventsWorld['started']>>;
type Touch = (player: PlayerRef, attempt: Attempt) => Promise<unknown>;

describe('an attempt whose time ran out, which a player finds by', () => {
  it.each<[string, Touch]>([
    ['a report of progress', (player, attempt) => world.progress(player, attempt, { shells: 1 })],
    ['finishing it', (player, attempt) => world.finish(player, attempt)],
    ['another start', (player) => world.start(player, eventKey)],
    ['the listing', (player) => world.list(player)],
  ])('%s, has paid when the player is told (01 §14)', async (name, touch) => {
    const player = world.player(name.replaceAll(' ', '_'));
    const attempt = await world.started(player, eventKey);
    await world.progress(player, attempt, { shells: 1 });
    world.clock.advance(61_000);
    grants.hold();
    let isAnswered = false;
    const answer = touch(player, attempt)
      .catch((refused: unknown) => refused)
      .finally(() => (isAnswered = true));
    await eventually(() => expect(grants.told).toContain(attempt.id));
    expect(isAnswered).toBe(false);
    grants.letGo();
    await answer;
    expect(grants.completed).toContain(attempt.id);
  });
});
