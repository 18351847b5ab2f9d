import type { Availability } from '@kraty/contracts/events';
import { anyEvent, namedGame } from '@kraty/testing/arbitraries';
import { World, type Answer, type Player } from '@kraty/testing/world';
import fc from 'fast-check';

/** Whatever an operator configured and the server took: no call of a client is answered 500. */
const eventsARun = 3;
const callsMax = 25;
const runs = 8;
/** A configuration, three players and up to 25 calls each; milliseconds. */
const deadlineMs = 240_000;

let world: World;
let round = 0;
let written = 0;

beforeAll(async () => {
  world = await World.start(['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy']);
  await world.configure({ ...namedGame, settings: { acceptClientScores: true } });
});

afterAll(async () => {
  await world.stop();
});

/** Windows that are open now, of every mode. */
const open = fc.constantFrom<Availability>(
  { mode: 'always_on' },
  {
    mode: 'recurring_windows',
    timezone: 'America/New_York',
    windows: [{ startTime: '00:00', durationSeconds: 86_400 }],
  },
  {
    mode: 'fixed_window',
    startsAt: new Date(Date.now() - 3_600_000).toISOString(),
    endsAt: new Date(Date.now() + 86_400_000).toISOString(),
  },
);
/** One of them may keep players out. */
const events = fc.tuple(
  ...Array.from({ length: eventsARun }, (_, at) => anyEvent({ availability: open, gates: at === 0 })),
);

const context = fc.constantFrom<object>(
  {},
  { level: 7, team: 'blue' },
  { vip: true, team: '' },
  { team: 'a|b', level: 'x' },
);
const extreme = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
  fc.constantFrom(1e15, -1e15, 1e16, 0.1),
);
/** Mostly what a sound client reports, and sometimes what it should not. */
const metrics = fc.oneof(
  { weight: 5, arbitrary: fc.record({ m0: fc.integer({ min: -5, max: 60 }) }) },
  {
    weight: 1,
    arbitrary: fc.dictionary(fc.constantFrom('m0', 'm1', 'm2', 'gone'), extreme, { minKeys: 1, maxKeys: 3 }),
  },
);
const write = fc.record({ mode: fc.constantFrom('increment', 'set'), metrics });
const who = { player: fc.nat(1), event: fc.nat(eventsARun - 1) };
const call = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ ...who, kind: fc.constant('start' as const), body: fc.record({ playerContext: context }) }),
  },
  { weight: 6, arbitrary: fc.record({ ...who, kind: fc.constant('progress' as const), body: write }) },
  { weight: 1, arbitrary: fc.record({ ...who, kind: fc.constant('finish' as const), body: fc.constant({}) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      ...who,
      kind: fc.constantFrom('list' as const, 'board' as const, 'grants' as const, 'wallet' as const),
      body: fc.constant({}),
    }),
  },
);
type Call = typeof call extends fc.Arbitrary<infer C> ? C : never;

/** Each player in each event. */
const everyStart: Call[] = [0, 1].flatMap((player) =>
  Array.from({ length: eventsARun }, (_, event): Call => ({
    player,
    event,
    kind: 'start',
    body: { playerContext: { level: 7 } },
  })),
);

/** What a client remembers of an event. */
interface Seen {
  attemptId?: string;
  leaderboardId?: string;
}

describe('any event that the server takes', () => {
  it(
    'answers every call of a client, and never with 500',
    async () => {
      await fc.assert(
        fc.asyncProperty(events, fc.array(call, { minLength: 5, maxLength: callsMax }), async (configured, calls) => {
          round += 1;
          const keys = configured.map((_, at) => `round_${round}_${at}`);
          await world.configure({ events: configured.map((event, at) => ({ ...event, key: keys[at] })) });
          const players = [await world.player(`mira_${round}`), await world.player(`tavi_${round}`)];
          const client = new Client(players, keys);
          for (const made of [...everyStart, ...calls]) await client.make(made);
        }),
        { numRuns: runs, endOnFailure: true },
      );
      // Otherwise nothing was shown.
      expect(written).toBeGreaterThan(runs);
    },
    deadlineMs,
  );
});

/** Makes the calls, and holds every answer to what a client may expect. */
class Client {
  private readonly seen = new Map<string, Seen>();

  constructor(
    private readonly players: Player[],
    private readonly keys: string[],
  ) {}

  async make(made: Call): Promise<void> {
    const player = this.players[made.player]!;
    const key = this.keys[made.event]!;
    const place = `${made.player}:${key}`;
    const answer = await this.answer(player, key, made, this.seen.get(place) ?? {});
    if (answer === null) return;
    expectAnswer(made, answer);
    if (made.kind === 'progress' && answer.status === 200) written += 1;
    if (made.kind === 'start' && answer.status < 202) this.remember(place, answer);
  }

  private async answer(player: Player, key: string, made: Call, { attemptId, leaderboardId }: Seen) {
    switch (made.kind) {
      case 'start':
        return player.post(`/events/${key}/start`, made.body);
      case 'progress':
      case 'finish':
        return attemptId ? player.post(`/events/${key}/attempts/${attemptId}/${made.kind}`, made.body) : null;
      case 'list':
        return player.get('/events?status=active');
      case 'board':
        return leaderboardId ? world.call('GET', `/sdk/v1/leaderboards/${leaderboardId}?limit=50`) : null;
      case 'grants':
        return player.get('/pending-grants');
      case 'wallet':
        return player.get('/wallet');
    }
  }

  private remember(place: string, { json }: Answer): void {
    const { attempt } = json.data as unknown as { attempt: { id: string; leaderboardId: string } };
    this.seen.set(place, { attemptId: attempt.id, leaderboardId: attempt.leaderboardId });
  }
}

/** Codes a client of a sound event may meet, by what it did. */
const refusals: Partial<Record<Call['kind'], readonly string[]>> = {
  start: [
    'no_active_window',
    'unlock_condition_failed',
    'entry_requirement_failed',
    'max_attempts_reached',
    'max_daily_attempts_reached',
    'insufficient_entry_cost',
    'no_leaderboard',
  ],
  progress: ['attempt_finished', 'invalid_metric', 'validation_failed', 'anti_cheat_rejected'],
  finish: ['attempt_finished'],
};

function expectAnswer(made: Call, { status, json, text }: Answer): void {
  if (status === 200 || status === 201) return;
  const code = json.error?.code ?? 'none';
  if (refusals[made.kind]?.includes(code)) return;
  throw new Error(`${JSON.stringify(made)} was answered ${status} ${text}`);
}
