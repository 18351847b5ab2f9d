import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@kraty/testing/harness';
import { World, type Answer, type Player, type SplitSystem } from '@kraty/testing/world';

/**
 * Every process of the loop is killed with -9 in turn while players play. What the players were told must be what is
 * stored afterwards: nothing acknowledged is lost, nothing is done twice.
 */
const services = ['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy'];
const servers = ['nats', 'redis', 'postgres'] as const;
const players = 12;
const target = 15;
const prize = 100;
const initialBalance = 1_000;
/** Tries of one call before a player gives up; each waits a little, as a library would. A server may be gone for long. */
const triesMax = 600;
const retryPauseMs = 100;
/** The broker hands a dead consumer's facts to the next one after its ack wait of 30 s; a nak may add as much. */
const redeliveredWithinMs = 90_000;
/** Attempts a player plays through while the killing goes on, at least. */
const playedMin = 3;

const game = {
  currencies: [{ key: 'pearls', name: 'Pearls', kind: 'currency', initialBalance }],
  rewardBundles: [
    { key: 'prize', name: 'Prize', entries: [{ type: 'currency', currencyKey: 'pearls', amount: prize }] },
  ],
  events: [
    {
      key: 'sprint',
      name: 'Sprint',
      status: 'scheduled',
      availability: { mode: 'always_on' },
      metrics: [{ key: 'shells', target }],
      attempt: { replayableDuringWindow: true },
      rewardPolicy: { type: 'fixed_bundle', parameters: { rewardBundleKey: 'prize' } },
    },
  ],
};

/** What one player was told, by answers with 2xx alone. */
interface Told {
  player: Player;
  name: string;
  attempts: { id: string; leaderboardId: string; score: number; status: string }[];
  claimed: Set<string>;
  debited: number;
}

let world: World & { system: SplitSystem };
let killing = true;

beforeAll(async () => {
  world = await World.startSplit(services);
  await world.configure(game);
});

afterAll(async () => {
  await world?.stop();
});

/** Repeats a call under its own key until it is answered, whatever happens on the way. */
async function insist(call: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await call().catch(() => null);
    if (answer && answer.status < 500) return answer;
    if (tries >= triesMax) throw new Error(`gave up: ${answer?.text ?? 'no answer'}`);
    await pause(retryPauseMs);
  }
}

function data<T>(answer: Answer): T {
  if (answer.status >= 300) throw new Error(`refused: ${answer.status} ${answer.text}`);
  return answer.json.data as unknown as T;
}

let keys = 0;
const nextKey = (): string => `key-${(keys += 1)}`;

async function play(told: Told): Promise<void> {
  while (killing || told.attempts.length < playedMin) await playOnce(told);
}

async function playOnce(told: Told): Promise<void> {
  const { player } = told;
  const startKey = nextKey();
  const started = await insist(() => player.post('/events/sprint/start', { idempotencyKey: startKey }));
  const { attempt } = data<{ attempt: Told['attempts'][number] }>(started);
  told.attempts.push(attempt);
  for (let step = 0; step < target; step += 1) {
    const body = { mode: 'increment', metricValue: 1, idempotencyKey: nextKey() };
    const answer = await insist(() => player.post(`/events/sprint/attempts/${attempt.id}/progress`, body));
    Object.assign(attempt, data<{ attempt: object }>(answer).attempt);
  }
  await claimAll(told);
  const debit = { amount: 1, idempotencyKey: nextKey() };
  data(await insist(() => player.post('/wallet/pearls/debit', debit)));
  told.debited += 1;
}

async function claimAll(told: Told): Promise<void> {
  const pending = data<{ id: string }[]>(await insist(() => told.player.get('/pending-grants')));
  for (const { id } of pending) {
    data(await insist(() => told.player.post(`/grants/${id}/claim`, { idempotencyKey: nextKey() })));
    told.claimed.add(id);
  }
}

async function killInTurn(): Promise<void> {
  for (const service of services) {
    await world.system.kill(service);
    await world.system.restart(service);
  }
  for (const server of servers) {
    await world.ground.kill(server);
    await world.ground.restart(server);
  }
}

async function check(told: Told): Promise<void> {
  const { player, name, attempts } = told;
  const ids = attempts.map((attempt) => attempt.id);
  const rows = await world.ground.sql<{ id: string; status: string; score: number }>(
    'events',
    'select id, status, score from attempt where id = any($1::uuid[])',
    [ids],
  );
  expect(new Map(rows.map((row) => [row.id, [row.status, row.score]]))).toEqual(
    new Map(attempts.map(({ id }) => [id, ['completed', target]])),
  );
  await eventually(
    async () => {
      await claimAll(told);
      expect(told.claimed.size).toBe(attempts.length);
    },
    { withinMs: redeliveredWithinMs },
  );
  const { wallet } = data<{ wallet: { balance: number }[] }>(await insist(() => player.get('/wallet')));
  expect(wallet[0]!.balance).toBe(initialBalance + prize * attempts.length - told.debited);
  const board = `/sdk/v1/leaderboards/${attempts[0]!.leaderboardId}?includeSelf=1&externalId=${name}`;
  await eventually(
    async () => expect(data<{ self: unknown }>(await world.call('GET', board)).self).toMatchObject({ score: target }),
    { withinMs: redeliveredWithinMs },
  );
}

it('keeps every answer it gave, whichever process is killed', async () => {
  const everyone: Told[] = [];
  for (let index = 0; index < players; index += 1) {
    const name = `player-${index}`;
    everyone.push({ player: await world.player(name), name, attempts: [], claimed: new Set(), debited: 0 });
  }
  const playing = Promise.all(everyone.map(play));
  await killInTurn();
  killing = false;
  await playing;
  for (const told of everyone) await check(told);
  const [sums] = await world.ground.sql<{ doubled: number; wrong: number }>(
    'economy',
    `select (select count(*)::int from (select operation_id from ledger group by operation_id, resource_type, resource_key
                                        having count(*) > 1) as twice) as doubled,
            (select count(*)::int from holding
              where amount <> (select sum(delta) from ledger
                               where ledger.player_id = holding.player_id and ledger.resource_type = holding.resource_type
                                 and ledger.resource_key = holding.resource_key)) as wrong`,
  );
  expect(sums).toEqual({ doubled: 0, wrong: 0 });
}, 480_000);
