import {
  eventStatusChanged,
  eventWindowOpened,
  readEventDefinition,
  transitionEventDefinition,
  type EventDocumentEntry,
  type EventStatus,
} from '@kraty/contracts/events';
import type { Operator } from '@kraty/contracts/identity';
import { uuidV7 } from '@kraty/platform/ids';
import { eventually, type Host } from '@kraty/testing/harness';
import { doubledContexts, OwnerDoubles } from '../administration/owners-double.fixture.js';
import { crabSprint, EventsWorld } from '../events-world.fixture.js';
import { WindowsWorker } from './windows.worker.js';

const noon = '2026-06-01T12:00:00Z';
const operator: Operator = {
  ...{ memberId: uuidV7(), email: 'designer@example.com', name: 'Designer', sessionId: uuidV7(), tokenId: null },
  ...{ limitedTo: null, requestId: 'r-1', ip: null, userAgent: null },
};
let world: EventsWorld;
let second: Host;
let owners: OwnerDoubles;

beforeAll(async () => {
  world = await EventsWorld.start(noon, doubledContexts);
  second = await world.another();
  owners = await OwnerDoubles.start(world.ground);
  world.hear(eventWindowOpened as never, eventStatusChanged as never);
});
afterAll(async () => {
  await owners.stop();
  await second.stop();
  await world.stop();
});
beforeEach(() => world.now(noon));

const windowAt = (day: string): EventDocumentEntry['availability'] => ({
  mode: 'fixed_window',
  startsAt: `${day}T00:00:00.000Z`,
  endsAt: `${day}T20:00:00.000Z`,
});
const stepsOf = (key: string): string[] =>
  world
    .heard(eventStatusChanged)
    .filter(({ payload }) => payload.eventKey === key)
    .sort((a, b) => a.revision - b.revision)
    .map(({ payload, revision }) => `${payload.from} ${payload.to} ${revision}`);
const openedOf = (key: string) =>
  world.heard(eventWindowOpened).flatMap(({ payload }) => (payload.eventKey === key ? [payload] : []));

async function move(event: string, to: EventStatus): Promise<void> {
  const { game } = world;
  const { version } = await world.ask(readEventDefinition, { game, operator, environment: 'live', event });
  const call = { game, operator, idempotency: null, event, version, to, reason: 'because' };
  await world.ask(transitionEventDefinition, call);
}

/** Everything that was committed has been told when the relay has nothing left; a fact more would come with the next. */
async function told(
  key: string,
  steps: string[],
  opened: number,
  meanwhile = (): Promise<unknown> => Promise.resolve(),
): Promise<void> {
  await eventually(async () => {
    await meanwhile();
    expect([stepsOf(key), openedOf(key).length]).toEqual([steps, opened]);
  });
}

it('an operator takes an event through its life: each step is told once', async () => {
  await world.configure(crabSprint({ key: 'steered', status: 'draft', availability: windowAt('2026-06-02') }));
  for (const to of ['scheduled', 'draft', 'scheduled'] as const) await move('steered', to);
  world.now('2026-06-02T01:00:00Z');
  for (const to of ['paused', 'live', 'finalized'] as const) await move('steered', to);
  await told(
    'steered',
    [
      'draft scheduled 2',
      'scheduled draft 3',
      'draft scheduled 4',
      'scheduled live 5',
      'live paused 6',
      'paused live 7',
      'live finalized 8',
    ],
    1,
  );
});

it('the workers of several processes open a window and end an event, and it is told once', async () => {
  await world.configure(crabSprint({ key: 'clocked', availability: windowAt('2026-06-03') }));
  const rounds = () => Promise.all([world.workersRun(), second.service('events').app.get(WindowsWorker).round()]);
  world.now('2026-06-03T00:00:01Z');
  await told('clocked', ['draft scheduled 1', 'scheduled live 2'], 1, rounds);
  expect(openedOf('clocked')).toMatchObject([
    { startsAt: '2026-06-03T00:00:00.000Z', endsAt: '2026-06-03T20:00:00.000Z' },
  ]);
  world.now('2026-06-03T20:00:00Z');
  // Rounds at once pass over what the other one holds, and finish it later.
  await told('clocked', ['draft scheduled 1', 'scheduled live 2', 'live finalized 3'], 1, rounds);
  await rounds();
  await told('clocked', ['draft scheduled 1', 'scheduled live 2', 'live finalized 3'], 1);
});

it('the requests that find a window begun open it, and it is told once', async () => {
  await world.configure(crabSprint({ key: 'asked', availability: windowAt('2026-06-04') }));
  world.now('2026-06-04T00:00:00.001Z');
  await Promise.all(Array.from({ length: 10 }, (_, at) => world.start(world.player(`asks${at}`), 'asked')));
  await told('asked', ['draft scheduled 1', 'scheduled live 2'], 1);
});

it('a document publishes: what it says at once, and what it says of a draft', async () => {
  await world.configure(crabSprint({ key: 'stated' }), crabSprint({ key: 'sketch', status: 'draft' }));
  await told('stated', ['draft scheduled 1', 'scheduled live 2'], 1);
  await told('sketch', [], 0);
  await world.configure(crabSprint({ key: 'sketch' }));
  await told('sketch', ['draft scheduled 2', 'scheduled live 3'], 1);
});

it('the end of an event that is cancelled opens nothing', async () => {
  await world.configure(crabSprint({ key: 'called_off', availability: windowAt('2026-06-20') }));
  await move('called_off', 'finalized');
  await told('called_off', ['draft scheduled 1', 'scheduled finalized 2'], 0);
});
