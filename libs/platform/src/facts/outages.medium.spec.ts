import { fact, type Fact } from '@kraty/contracts/messages';
import { Injectable } from '@nestjs/common';
import { uuidV7 } from '../ids/index.js';
import { eventually } from '../messaging/eventually.fixture.js';
import { statement } from '../persistence/index.js';
import { FactsWorld, type Player } from './facts-world.fixture.js';
import { HandleFacts } from './handle-facts.js';
import type { NewFact, Staged } from './index.js';

const debited = fact<{ amount: number }>('economy', 'wallet', 'debited', 'change');
const scope = { studioId: 's', gameId: 'g', environment: 'live' } as const;
const insertEffect = statement('spec.outage-effect', 'insert into effect (fact_id, reader) values ($1, $2)');

@Injectable()
class DebitReader {
  player!: Player;
  calls = 0;

  @HandleFacts(debited)
  async apply(facts: Fact<{ amount: number }>[]): Promise<void> {
    this.calls += 1;
    const { database, facts: platform } = this.player;
    await database.transaction(async (tx) => {
      for (const { id } of facts) {
        if (await platform.inbox.firstTime(tx, 'debits', id)) await tx.query(insertEffect, [id, 'debits']);
      }
    });
  }
}

const debit = (): NewFact<{ amount: number }> => ({
  type: debited,
  scope,
  aggregateId: uuidV7(),
  revision: 1,
  payload: { amount: 3 },
});

describe('Facts while something is away', () => {
  let world: FactsWorld;
  let economy: Player;
  let grants: Player;
  let reader: DebitReader;

  beforeAll(async () => {
    world = await FactsWorld.start();
    economy = await world.service('economy');
    reader = new DebitReader();
    grants = await world.service('grants', [{ provide: DebitReader, useValue: reader }]);
    reader.player = grants;
  });

  afterAll(() => world.stop());

  /** Each has one effect in the end, whatever was away. */
  let committed = 0;
  const commit = async (): Promise<Staged> => {
    const staged = await economy.database.transaction((tx) => economy.facts.outbox.stage(tx, [debit()]));
    committed += 1;
    return staged;
  };
  const carry = (staged: Staged) => economy.facts.outbox.carry(staged, { awaitApplied: ['grants'], withinMs: 20_000 });
  const effects = async (): Promise<number> => (await grants.database.query('select * from effect')).length;
  const unpublished = (): Promise<unknown[]> =>
    economy.database.query('select 1 from outbox where published_at is null');

  it('delivers after the broker is back what was committed while it was down', async () => {
    expect(await carry(await commit())).toEqual({ applied: ['grants'], late: [] });
    await world.broker.kill();
    await eventually(() => expect(economy.link.connected).toBe(false));
    const startedMs = performance.now();
    expect(await carry(await commit())).toEqual({ applied: [], late: ['grants'] });
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    await world.broker.restart();
    await eventually(async () => expect(await effects()).toBe(committed), 40_000);
    await eventually(async () => expect(await unpublished()).toEqual([]));
  });

  it('carries at once again after the broker was away', async () => {
    await eventually(async () => expect((await carry(await commit())).applied).toEqual(['grants']), 40_000);
  });

  it('waits with what it has while its database is away, and parks nothing', async () => {
    const staged = await commit();
    await world.postgres.kill();
    const calls = reader.calls;
    await economy.facts.outbox.carry(staged);
    await eventually(() => expect(reader.calls).toBeGreaterThan(calls + 2));
    await world.postgres.restart();
    await eventually(async () => expect(await effects()).toBe(committed), 40_000);
    expect(await grants.database.query('select * from parked_message')).toEqual([]);
  });

  it('marks what was published while the database was away once it is back', async () => {
    await eventually(async () => expect(await unpublished()).toEqual([]));
  });

  it('relays again after its database was away', async () => {
    await eventually(() => expect(economy.facts.relay.isElected).toBe(true));
    await commit();
    await eventually(async () => expect(await effects()).toBe(committed));
  });
});
