import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { PlayerRef } from '@kraty/contracts/common';
import type { Violation } from '@kraty/contracts/economy';
import { createGrant, type Grant, type GrantedEntry } from '@kraty/contracts/grants';
import { eventually } from '@kraty/testing/harness';
import { World, type Answer, type Player, type SplitSystem } from '@kraty/testing/world';
import { checksOf } from './checks.mjs';

/**
 * Grants and economy are killed with -9 in turn while players claim, open crates and give themselves rewards. Then the
 * code of `npm run check` looks at all of it: every claimed grant has its ledger rows, and none has them twice (07 §11).
 */
const services = ['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy'];
const players = 6;
const rewardsEach = 16;
const cratesEach = 8;
const kills = 4;
/** Things done between two kills: enough that each service is caught at work. */
const actsAKill = 24;
const actsWithinMs = 90_000;
/** Every so many claims the client dies as well: it asks once and never again, and the service has to end it alone. */
const abandonedEvery = 6;
/** Recovery begins 15 s after the request and looks every 10 s. */
const recoveredWithinMs = 90_000;
const triesMax = 300;
const retryPauseMs = 100;

const game = {
  settings: { inventoryManagement: 'permissive' },
  items: [
    { key: 'shell', name: 'Shell' },
    { key: 'chest', name: 'Chest', itemTypeKey: 'crate', crate: { tableKey: 'loot' } },
  ],
  currencies: [{ key: 'pearls', name: 'Pearls', kind: 'currency' }],
  rewardTables: [
    {
      key: 'loot',
      name: 'Loot',
      rolls: { min: 0, max: 3 },
      weightedEntries: [
        { weight: 3, entry: { type: 'currency', currencyKey: 'pearls', amount: { min: 1, max: 50 } } },
        { weight: 1, entry: { type: 'item', itemKey: 'shell', quantity: { min: 1, max: 3 } } },
      ],
    },
  ],
};

let world: World & { system: SplitSystem };

beforeAll(async () => {
  world = await World.startSplit(services);
  await world.configure(game);
}, 240_000);

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

function data<T>(answer: Answer): T {
  if (answer.status >= 300) throw new Error(`refused: ${answer.status} ${answer.text}`);
  return answer.json.data as unknown as T;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A player with what it was told is its own. */
interface Told {
  player: Player;
  ref: PlayerRef;
  owned: Map<string, number>;
  claimed: Set<string>;
}

async function join(name: string): Promise<Told> {
  const player = await world.player(name);
  const text = 'select id from player where external_player_id = $1';
  const [row] = await world.ground.sql<{ id: string }>('identity', text, [name]);
  const ref = { playerId: row!.id, externalPlayerId: name };
  return { player, ref, owned: new Map(), claimed: new Set() };
}

/** As a studio's server would. */
async function give(player: PlayerRef, kind: Grant['kind'], entries: GrantedEntry[], key: string): Promise<void> {
  await world.messenger.request(createGrant, {
    scope: { ...world.scope, environment: 'live' },
    player,
    grant: { kind, entries, expiresAt: null, metadata: null },
    sourceKind: 'api',
    sourceRefId: null,
    idempotency: { key, operation: 'grants.create', bodyHash: sha256(key) },
    actor: { apiKeyId: player.playerId, apiKeyPrefix: 'sabcdefg', requestId: key },
  });
}

async function prepare({ ref }: Told): Promise<void> {
  const pearlsAndShells: GrantedEntry[] = [
    { type: 'currency', currencyKey: 'pearls', amount: 7 },
    { type: 'item', itemKey: 'shell', quantity: 2 },
    { type: 'currency', currencyKey: 'pearls', amount: 3 },
  ];
  const chest: GrantedEntry[] = [{ type: 'crate', crateItemKey: 'chest', quantity: 1 }];
  for (let at = 0; at < rewardsEach; at += 1) await give(ref, 'reward', pearlsAndShells, `${ref.playerId}-r${at}`);
  for (let at = 0; at < cratesEach; at += 1) await give(ref, 'crate', chest, `${ref.playerId}-c${at}`);
}

let acts = 0;

function book(told: Told, grant: Grant): void {
  expect(grant.status).toBe('claimed');
  if (told.claimed.has(grant.id)) return;
  told.claimed.add(grant.id);
  for (const entry of grant.contents.entries) {
    if (entry.type === 'crate') continue;
    const [key, amount] = entry.type === 'item' ? [entry.itemKey, entry.quantity] : [entry.currencyKey, entry.amount];
    told.owned.set(key, (told.owned.get(key) ?? 0) + amount);
  }
}

/** Twice at once, as an impatient client does. */
async function claim(told: Told, id: string): Promise<void> {
  const post = () => told.player.post(`/grants/${id}/claim`);
  const twins = await Promise.all([insist(post), insist(post)]);
  for (const twin of twins) book(told, data<Grant>(twin));
  acts += 1;
}

async function open(told: Told, id: string): Promise<void> {
  const post = () => told.player.post(`/crates/${id}/open`);
  const twins = await Promise.all([insist(post), insist(post)]);
  const [first, second] = twins.map((twin) => data<{ contents: Grant }>(twin).contents);
  expect([second!.id, second!.contents]).toEqual([first!.id, first!.contents]);
  acts += 1;
  await claim(told, first!.id);
}

async function giveOneself(told: Told, key: string): Promise<void> {
  const body = { entries: [{ type: 'currency', currencyKey: 'pearls', amount: 5 }], idempotencyKey: key };
  book(told, data<Grant>(await insist(() => told.player.post('/grants', body))));
  acts += 1;
}

const isCrate = ({ kind }: Grant): boolean => kind === 'crate';

/** All that is pending, but for what this client dies over. */
async function play(told: Told, abandoning: boolean): Promise<void> {
  const pending = data<Grant[]>(await insist(() => told.player.get('/pending-grants?limit=200')));
  for (const [at, grant] of pending.entries()) {
    if (abandoning && !isCrate(grant) && at % abandonedEvery === 0) {
      void told.player.post(`/grants/${grant.id}/claim`).catch(() => null);
      continue;
    }
    await (isCrate(grant) ? open(told, grant.id) : claim(told, grant.id));
    if (abandoning && at % 4 === 0) await giveOneself(told, `${told.ref.playerId}-s${at}`);
  }
}

async function killInTurn(all: Promise<unknown>): Promise<void> {
  let playing = true;
  void all.finally(() => (playing = false)).catch(() => undefined);
  for (let kill = 0; kill < kills; kill += 1) {
    const wanted = acts + actsAKill;
    await eventually(() => expect(acts >= wanted || !playing).toBe(true), { withinMs: actsWithinMs });
    // A kill that finds nobody at work would prove nothing.
    expect(playing).toBe(true);
    const victim = kill % 2 === 0 ? 'economy' : 'grants';
    await world.system.kill(victim);
    await world.system.restart(victim);
  }
}

async function violations(): Promise<{ found: Violation[]; checked: Map<string, number> }> {
  const found: Violation[] = [];
  const checked = new Map<string, number>();
  for (const check of await checksOf(world.messenger, { percentile: null })) {
    checked.set(check.name, (await check.run((violation) => found.push(violation))).checked);
  }
  return { found, checked };
}

it('deposits every claimed grant once, whoever dies on the way', async () => {
  const everyone = await Promise.all(Array.from({ length: players }, (_, at) => join(`player-${at}`)));
  await Promise.all(everyone.map(prepare));
  const playing = Promise.all(everyone.map((told) => play(told, true)));
  await Promise.all([playing, killInTurn(playing)]);

  const unfinished = `select count(*)::int as count from player_grant where deposit_state = 'requested'`;
  await eventually(async () => expect(await world.ground.sql('grants', unfinished)).toEqual([{ count: 0 }]), {
    withinMs: recoveredWithinMs,
  });
  expect((await violations()).found).toEqual([]);

  let endedAlone = 0;
  for (const told of everyone) {
    await play(told, false);
    const toldOf = told.claimed.size;
    // What the service ended alone is the player's as well, though nobody was told.
    for (const grant of await world.ground.sql<Grant>('grants', allOf, [told.ref.playerId])) book(told, grant);
    endedAlone += told.claimed.size - toldOf;
    const { wallet } = data<{ wallet: { balance: number }[] }>(await told.player.get('/wallet'));
    const { items } = data<{ items: { quantity: number }[] }>(await told.player.get('/inventory'));
    expect([wallet[0]!.balance, items[0]!.quantity]).toEqual([told.owned.get('pearls'), told.owned.get('shell')]);
  }
  expect(endedAlone).toBeGreaterThan(0);
  const { found, checked } = await violations();
  expect(found).toEqual([]);
  const withDeposit = `select count(*)::int as count from player_grant where deposit_state = 'done'`;
  const [deposited] = await world.ground.sql<{ count: number }>('grants', withDeposit);
  expect(checked.get('claims against deposits')).toBe(deposited!.count);
  expect(deposited!.count).toBeGreaterThanOrEqual(players * (rewardsEach + cratesEach / 2));
}, 360_000);

const allOf = `select id, kind, status, contents from player_grant where player_id = $1`;
