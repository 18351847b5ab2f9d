import { Controller, Module } from '@nestjs/common';
import {
  operatorActed,
  registerPlayer,
  updateSettings,
  type Game,
  type Operator,
  type OperatorAct,
  type PlayerIdentity,
} from '@kraty/contracts/identity';
import { builtInPool } from '@kraty/contracts/identity';
import { readConfigured, type IdentityPoolView } from '@kraty/contracts/leaderboards';
import { defineService, startService, type RunningService } from '@kraty/platform/bootstrap';
import { ProcessConfiguration } from '@kraty/platform/configuration';
import { fail } from '@kraty/platform/errors';
import { uuidV7 } from '@kraty/platform/ids';
import { HandleRequest, Messenger } from '@kraty/platform/messaging';
import { Database } from '@kraty/platform/persistence';
import { askPatiently, eventually } from '@kraty/testing/harness';
import { IdentityUnderTest, origin, scopeOf } from '../identity.fixture.js';
import { DefaultPools } from './default-pools.service.js';
import { DefaultPoolsStore } from './default-pools.store.js';

/** Each look at a pool makes a player: far fewer than the pools of these tests have names. Milliseconds. */
const newcomerEveryMs = 250;
/** A fact that found the owner of pools away comes again after 1, 5, 30 seconds. */
const redeliveredWithinMs = 60_000;

/** What the leaderboards service has, by key. */
const pools = new Map<string, IdentityPoolView>();
/** Answers that are held back, by key. */
const held = new Map<string, Gate>();

@Controller()
class PoolsDouble {
  @HandleRequest(readConfigured)
  async read({ id }: { id: string }): Promise<IdentityPoolView> {
    const pool = pools.get(id) ?? unknown();
    await held.get(id)?.pass();
    return pool;
  }
}

@Module({ controllers: [PoolsDouble] })
class LeaderboardsDouble {}

/** Whoever comes waits until it opens. */
class Gate {
  open: () => void = () => undefined;
  private arrive: () => void = () => undefined;
  readonly arrived = new Promise<void>((resolve) => (this.arrive = resolve));
  private readonly opened = new Promise<void>((resolve) => (this.open = resolve));

  pass(): Promise<void> {
    this.arrive();
    return this.opened;
  }
}

function unknown(): never {
  throw fail('not_found', 'there is no such pool');
}

const double = defineService({ name: 'leaderboards', module: LeaderboardsDouble, configuration: ProcessConfiguration });

let sut: IdentityUnderTest;
let operator: Operator;
let leaderboards: RunningService;
let names = 0;

beforeAll(async () => {
  sut = await IdentityUnderTest.start();
  operator = await sut.operator();
  await startLeaderboards();
});
afterAll(async () => {
  await leaderboards.stop();
  await sut.stop();
});

async function startLeaderboards(): Promise<void> {
  leaderboards = await startService(double, { environment: { NATS_URL: sut.ground.natsUrl, LOG_LEVEL: 'warn' } });
}

/** A pool with so many names that begin with its key. */
function keep(key: string, version: number, size: number, id: string = uuidV7()): IdentityPoolView {
  const entries = Array.from({ length: size }, (_, at) => ({ name: `${key} ${version}.${at}`, avatar: `${key}.png` }));
  const pool = { key, name: key, entries, id, version, archivedAt: null };
  pools.set(key, pool);
  return pool;
}

async function setDefault(game: Game, key: string | null, version = 1): Promise<void> {
  const place = { operator, studioId: game.studioId, gameId: game.id, version };
  await sut.messenger.request(updateSettings, { ...place, changes: { defaultIdentityPoolKey: key } });
}

/** What an operator's change of a pool tells. */
function told({ studioId, id: gameId }: Game): void {
  const auditId = uuidV7();
  const payload: OperatorAct = {
    ...{
      auditId,
      actor: { type: 'system', id: null, label: 'system' },
      ...origin,
      studioId,
      gameId,
      environment: null,
    },
    ...{ action: 'identity_pool.update', target: { type: 'identity_pool', id: auditId, label: null }, reason: null },
    ...{ metadata: {}, before: null, after: null, actedAt: new Date().toISOString() },
  };
  const { subject } = operatorActed.leaderboards;
  const common = { type: subject, scope: { studioId, gameId }, aggregateId: auditId, revision: 1 };
  const fact = { ...common, id: uuidV7(), occurredAt: payload.actedAt, payload };
  sut.messenger.broadcast(subject, { id: uuidV7(), subject, facts: [fact] });
}

async function newcomer(game: Game): Promise<PlayerIdentity> {
  const who = { scope: scopeOf(game), externalPlayerId: `newcomer-${(names += 1)}` };
  const call = { ...who, force: false, idempotencyKey: null, country: null };
  return (await sut.messenger.request(registerPlayer, call)).anonymizedIdentity;
}

async function drawsFrom(game: Game, pool: string, withinMs?: number): Promise<void> {
  const look = async () => expect(await newcomer(game)).toMatchObject({ name: expect.stringMatching(`^${pool}`) });
  await eventually(look, { withinMs, everyMs: newcomerEveryMs });
}

async function drawsBuiltIn(game: Game): Promise<void> {
  const look = async () => expect(builtInPool).toContain((await newcomer(game)).name);
  await eventually(look, { everyMs: newcomerEveryMs });
}

describe('the default identity pool of a game', () => {
  it('names new players, with the avatars of its entries, and with digits once there are more players than names', async () => {
    const game = await sut.game(operator);
    keep('sailors', 1, 500);
    const { name } = await newcomer(game);
    expect(builtInPool).toContain(name);
    await setDefault(game, 'sailors');
    await drawsFrom(game, 'sailors 1');
    expect(await newcomer(game)).toEqual({
      ...{ name: expect.stringMatching(/^sailors 1\.\d+$/), avatar: 'sailors.png', country: null },
    });
    keep('pair', 1, 2);
    await setDefault(game, 'pair', 2);
    await drawsFrom(game, 'pair 1');
    expect(await newcomer(game)).toMatchObject({ name: expect.stringMatching(/^pair 1\.[01] \d{2,4}$/) });
  });

  it('is refused when there is none of this key, or it is archived', async () => {
    const game = await sut.game(operator);
    const archived = { ...keep('gone', 1, 3), archivedAt: '2026-01-01T00:00:00.000Z' };
    pools.set('gone', archived);
    for (const key of ['nobody', 'gone']) {
      await expect(setDefault(game, key)).rejects.toMatchObject({
        code: 'validation_failed',
        details: { issues: [{ path: 'body.defaultIdentityPoolKey', code: 'unknown_reference' }] },
      });
    }
    expect(await newcomer(game)).toMatchObject({ avatar: null });
  });

  it('is followed when it is edited, archived, or no longer the default', async () => {
    const game = await sut.game(operator);
    const { id } = keep('crew', 1, 200);
    await setDefault(game, 'crew');
    await drawsFrom(game, 'crew 1');
    keep('crew', 2, 150, id);
    told(game);
    await drawsFrom(game, 'crew 2');
    pools.set('crew', { ...pools.get('crew')!, archivedAt: '2026-01-01T00:00:00.000Z' });
    told(game);
    await drawsBuiltIn(game);
    keep('crew', 4, 150, id);
    told(game);
    await drawsFrom(game, 'crew 4');
    await setDefault(game, null, 2);
    await drawsBuiltIn(game);
  });

  it('keeps nobody waiting while its owner is away, and is followed once it is back', async () => {
    const game = await sut.game(operator);
    const { id } = keep('divers', 1, 200);
    await setDefault(game, 'divers');
    await drawsFrom(game, 'divers 1');
    await leaderboards.stop();
    keep('divers', 2, 200, id);
    told(game);
    expect(await newcomer(game)).toMatchObject({ name: expect.stringMatching(/^divers 1/) });
    keep('swimmers', 1, 200);
    await expect(setDefault(game, 'swimmers', 2)).rejects.toMatchObject({ status: 503 });
    await startLeaderboards();
    await drawsFrom(game, 'divers 2', redeliveredWithinMs);
  });

  it('is judged when it is named anew, and then alone: archived or its owner away, all settings can be saved as they are', async () => {
    const [game, other] = [await sut.game(operator), await sut.game(operator)];
    keep('regatta', 1, 200);
    for (const one of [game, other]) await setDefault(one, 'regatta');
    pools.set('regatta', { ...pools.get('regatta')!, archivedAt: '2026-01-01T00:00:00.000Z' });
    await setDefault(game, 'regatta', 2);
    await leaderboards.stop();
    await setDefault(game, 'regatta', 3);
    await setDefault(game, null, 4);
    await expect(setDefault(game, 'regatta', 5)).rejects.toMatchObject({ status: 503 });
    await startLeaderboards();
    await expect(setDefault(game, 'regatta', 5)).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(setDefault(other, 'regatta', 1)).rejects.toMatchObject({ code: 'version_conflict' });
  });

  it('is never overwritten by what was read before a newer version, nor by a pool that is the default no longer', async () => {
    const game = await sut.game(operator);
    keep('late', 3, 200);
    await setDefault(game, 'late');
    await drawsFrom(game, 'late 3');
    const { app } = sut.running;
    // An answer of the leaderboards is held back for as long as the rest takes.
    askPatiently(app.get(Messenger));
    const [store, followed] = [app.get(DefaultPoolsStore), app.get(DefaultPools)] as const;
    const { poolId } = (await store.find(game.id))!;
    await app.get(Database).transaction((tx) => store.replace(tx, game.id, { poolId, version: 2 }, [{ name: 'old' }]));
    expect(await newcomer(game)).toMatchObject({ name: expect.stringMatching(/^late 3/) });

    keep('late', 4, 200);
    const { id: nextId } = keep('next', 1, 200);
    const gate = new Gate();
    held.set('late', gate);
    const reading = followed.follow({ studioId: game.studioId, gameId: game.id });
    await gate.arrived;
    await setDefault(game, 'next', 2);
    await drawsFrom(game, 'next 1');
    gate.open();
    await reading;
    expect(await store.find(game.id)).toEqual({ poolId: nextId, version: 1 });
  });
});
