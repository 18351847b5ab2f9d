import { applyConfiguration, readSettings, type Game, type Operator } from '@kraty/contracts/identity';
import { Messenger, type RequestOptions } from '@kraty/platform/messaging';
import type { RequestRoute } from '@kraty/contracts/messages';
import { Database } from '@kraty/platform/persistence';
import { eventually } from '@kraty/testing/harness';
import { IdentityUnderTest } from '../identity.fixture.js';
import { leaseMs } from './apply-saga.service.js';
import { document } from './documents.fixture.js';
import { FakeOwners } from './owners.fixture.js';

/** Slow enough for a step to end before its lease does: a lease is over after some five seconds of looking. */
const lookEveryMs = 100;
const resumePauseMs = 1_000;

let sut: IdentityUnderTest;
let owners: FakeOwners;
let operator: Operator;
let game: Game;

beforeAll(async () => {
  // Dying on purpose is loud.
  sut = await IdentityUnderTest.start({ LOG_LEVEL: 'fatal' });
  owners = await FakeOwners.start(sut.ground);
  operator = await sut.operator();
});
beforeEach(async () => {
  for (const owner of owners.all) owner.reset();
  game = await sut.game(operator);
});
afterAll(async () => {
  await owners.stop();
  await sut.stop();
});

type When = 'before' | 'after';

/**
 * Makes the running service die at one step of an apply: nothing it tries from then on reaches anybody, so the rows
 * are as a kill leaves them.
 */
function dieAt(subject: string, when: When): void {
  const messenger = sut.running.app.get(Messenger);
  const database = sut.running.app.get(Database);
  let dead = false;
  const alive = () => {
    if (dead) throw new Error('the process is dead');
  };
  const request = messenger.request.bind(messenger);
  const [query, transaction] = [database.query.bind(database), database.transaction.bind(database)];
  messenger.request = async <Q, R>(route: RequestRoute<Q, R>, body: Q, options?: RequestOptions): Promise<R> => {
    alive();
    if (route.subject === subject && when === 'before') dead = true;
    alive();
    const reply = await request(route, body, options);
    if (route.subject === subject) dead = true;
    alive();
    return reply;
  };
  database.query = (async (...call: Parameters<typeof query>) => {
    alive();
    return query(...call);
  }) as typeof database.query;
  database.transaction = (async (...call: Parameters<typeof transaction>) => {
    alive();
    return transaction(...call);
  }) as typeof database.transaction;
}

const place = () => ({ operator, studioId: game.studioId, gameId: game.id });
const apply = () =>
  sut.messenger.request(applyConfiguration, {
    ...place(),
    document: document(game.slug),
    mode: 'merge',
    planHash: null,
    reason: 'release',
  });

/** What fails at a step is tried again after a pause, by the clock that only a test moves. */
const comesTo = (state: string) =>
  eventually(
    async () => {
      sut.clock.advance(resumePauseMs);
      expect(await stateOfApply()).toBe(state);
    },
    { everyMs: lookEveryMs },
  );

const stateOfApply = async () =>
  (
    await sut.ground.sql<{ state: string }>('identity', 'select state from configuration_apply where game_id = $1', [
      game.id,
    ])
  )[0]?.state;
const auditRows = () =>
  sut.ground.sql('identity', `select 1 from audit_row where game_id = $1 and action = 'config.apply'`, [game.id]);

const steps = (verb: string) =>
  ['economy', 'grants', 'events'].flatMap((owner) =>
    (['before', 'after'] as const).map((when): [When, string] => [when, `kraty.${owner}.${verb}-configuration`]),
  );

describe('an apply that dies', () => {
  it.each(steps('prepare'))('%s %s is undone by the next start', async (when, subject) => {
    dieAt(subject, when);
    await expect(apply()).rejects.toBeDefined();
    expect(await stateOfApply()).toBe('preparing');
    sut.clock.advance(leaseMs + 1);
    await sut.restart({ LOG_LEVEL: 'fatal' });
    await comesTo('abandoned');
    for (const owner of owners.all) expect([...owner.prepared.keys(), ...owner.committed]).toEqual([]);
    expect(await auditRows()).toEqual([]);
    expect((await sut.messenger.request(readSettings, place())).version).toBe(1);
  });

  it.each(steps('commit'))('%s %s is finished by the next start', async (when, subject) => {
    dieAt(subject, when);
    await expect(apply()).rejects.toBeDefined();
    expect(await stateOfApply()).toBe('committing');
    sut.clock.advance(leaseMs + 1);
    await sut.restart({ LOG_LEVEL: 'fatal' });
    await comesTo('done');
    // The document has nothing for the leaderboards.
    for (const owner of owners.all) expect(owner.committed).toHaveLength(owner === owners.leaderboards ? 0 : 1);
    expect(await auditRows()).toHaveLength(1);
    const { settings, version } = await sut.messenger.request(readSettings, place());
    expect([settings.grantDefaultTtlDays, version]).toEqual([30, 2]);
  });

  it('keeps other documents out until it is resolved', async () => {
    dieAt('kraty.grants.commit-configuration', 'before');
    await expect(apply()).rejects.toBeDefined();
    await sut.restart({ LOG_LEVEL: 'fatal' });
    await expect(apply()).rejects.toMatchObject({ code: 'conflict', details: { reason: 'apply_running' } });
    sut.clock.advance(leaseMs + 1);
    await sut.restart({ LOG_LEVEL: 'fatal' });
    await comesTo('done');
    expect(await apply()).toMatchObject({ creates: [], updates: [], archives: [] });
  });
});
