import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@kraty/testing/harness';
import { World, type Answer, type Player, type SplitSystem } from '@kraty/testing/world';

/**
 * Events and economy are killed with -9 in turn while players pay to enter. Afterwards every player has one attempt of
 * every event and has paid for each of them exactly once (05 §12).
 */
const services = ['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy'];
const players = 6;
const eventKeys = Array.from({ length: 8 }, (_, at) => `hunt_${at}`);
const price = 7;
const initialBalance = 1_000;
/** Entries between two kills: enough that each service is caught at work, with time to come back in between. */
const entriesAKill = 12;
const entriesWithinMs = 90_000;
/** Tries of one call before a player gives up; each waits a little, as a library would. */
const triesMax = 600;
const retryPauseMs = 100;

const game = {
  currencies: [{ key: 'pearls', name: 'Pearls', kind: 'currency', initialBalance }],
  events: eventKeys.map((key) => ({
    key,
    name: key,
    status: 'scheduled',
    availability: { mode: 'always_on' },
    metrics: [{ key: 'shells' }],
    attempt: { replayableDuringWindow: true },
    entryCost: { currencies: [{ key: 'pearls', amount: price }] },
    leaderboard: { mode: 'grouped', capacity: 3 },
  })),
};

let world: World & { system: SplitSystem };

beforeAll(async () => {
  world = await World.startSplit(services);
  await world.configure(game);
});

afterAll(async () => {
  await world?.stop();
});

/** Repeats a call until it is answered, whatever happens on the way. */
async function insist(call: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await call().catch(() => null);
    if (answer && answer.status < 500) return answer;
    if (tries >= triesMax) throw new Error(`gave up: ${answer?.text ?? 'no answer'}`);
    await pause(retryPauseMs);
  }
}

let entries = 0;

/** Every event once, half of the calls under a key, two at a time. */
async function enterAll(player: Player): Promise<string[]> {
  const attempts: string[] = [];
  for (const [at, key] of eventKeys.entries()) {
    const body = at % 2 === 0 ? {} : { idempotencyKey: `start-${key}` };
    const twins = await Promise.all([0, 1].map(() => insist(() => player.post(`/events/${key}/start`, body))));
    const ids = twins.map((answer) => (answer.json.data as unknown as { attempt: { id: string } }).attempt.id);
    expect(new Set(ids).size).toBe(1);
    attempts.push(ids[0]!);
    entries += 1;
  }
  return attempts;
}

it('takes each entry cost once, whoever dies on the way', async () => {
  const names = Array.from({ length: players }, (_, at) => `player-${at}`);
  const entering = await Promise.all(names.map((name) => world.player(name)));
  const entered = Promise.all(entering.map(enterAll));
  const all = players * eventKeys.length;
  for (let kills = 0; entries < all; kills += 1) {
    const victim = kills % 2 === 0 ? 'events' : 'economy';
    await world.system.kill(victim);
    await world.system.restart(victim);
    const wanted = Math.min(all, entries + entriesAKill);
    await eventually(() => expect(entries).toBeGreaterThanOrEqual(wanted), { withinMs: entriesWithinMs });
  }
  const attempts = await entered;

  for (const [at, player] of entering.entries()) {
    const { wallet } = (await insist(() => player.get('/wallet'))).json.data as unknown as {
      wallet: { balance: number }[];
    };
    expect(wallet[0]!.balance).toBe(initialBalance - price * eventKeys.length);
    const stored = await world.ground.sql(
      'events',
      `select c.attempt_id as id from entry_charge c join attempt a on a.id = c.attempt_id
        where c.state = 'used' and a.external_player_id = $1`,
      [names[at]],
    );
    expect(stored.map(({ id }) => id as string).sort()).toEqual(attempts[at]!.toSorted());
  }
  const groups = await world.ground.sql('events', 'select humans, capacity from event_board where ordinal >= 0');
  for (const { humans, capacity } of groups) expect(humans as number).toBeLessThanOrEqual(capacity as number);
}, 420_000);
