import { jetstreamManager } from '@nats-io/jetstream';
import { fact, type Fact, type FactEnvelope } from '@kraty/contracts/messages';
import { Injectable } from '@nestjs/common';
import { fail } from '../errors/index.js';
import { uuidV7 } from '../ids/index.js';
import { eventually } from '../messaging/eventually.fixture.js';
import { statement } from '../persistence/index.js';
import { durableName } from './consumer-name.js';
import { FactsWorld, type Player } from './facts-world.fixture.js';
import { FactRepair } from './fact-repair.js';
import { HandleFacts } from './handle-facts.js';
import type { NewFact, Staged } from './index.js';
import { publishDurably } from './publish-durably.js';

interface Scored {
  score: number;
  poisoned?: boolean;
  failures?: number;
}

const scored = fact<Scored>('events', 'attempt', 'scored', 'state', { partitions: 4 });
const completed = fact<{ grantKey: string }>('events', 'attempt', 'completed', 'change');
const scope = { studioId: 's', gameId: 'g', environment: 'live' } as const;

const insertEffect = statement('spec.effect', 'insert into effect (fact_id, reader) values ($1, $2)');

/** Reads scores idempotently by the inbox; a poisoned fact is refused, a failing one fails as often as it says. */
@Injectable()
class ScoreReader {
  player!: Player;
  /** What was wrong with poisoned facts no longer is. */
  mended = false;
  readonly batches: number[] = [];
  readonly failuresOf = new Map<string, number>();
  private gate: Promise<void> = Promise.resolve();

  /** Holds every batch until the returned function is called. */
  hold(): () => void {
    let open = (): void => undefined;
    this.gate = new Promise((resolve) => (open = resolve));
    return open;
  }

  @HandleFacts(scored, { batch: 200 })
  async apply(facts: Fact<Scored>[]): Promise<void> {
    await this.gate;
    this.batches.push(facts.length);
    for (const one of facts) this.refuse(one);
    const { database, facts: platform } = this.player;
    await database.transaction(async (tx) => {
      const fresh = await platform.inbox.firstTimes(
        tx,
        'scores',
        facts.map(({ id }) => id),
      );
      for (const id of fresh) await tx.query(insertEffect, [id, 'scores']);
    });
  }

  private refuse({ id, payload }: Fact<Scored>): void {
    if (payload.poisoned && !this.mended) throw fail('invalid_metric', 'There is no such metric.');
    const failed = this.failuresOf.get(id) ?? 0;
    if (failed >= (payload.failures ?? 0)) return;
    this.failuresOf.set(id, failed + 1);
    throw new Error('not today');
  }
}

const scoreOf = (score: number, more: Partial<Scored> = {}): NewFact<Scored> => ({
  type: scored,
  scope,
  aggregateId: uuidV7(),
  revision: score + 1,
  payload: { score, ...more },
});

describe('Facts', () => {
  let world: FactsWorld;
  let events: Player;
  let boards: Player;
  let reader: ScoreReader;

  beforeAll(async () => {
    world = await FactsWorld.start();
    events = await world.service('events');
    reader = new ScoreReader();
    boards = await world.service('leaderboards', [{ provide: ScoreReader, useValue: reader }]);
    reader.player = boards;
  });

  afterAll(() => world.stop());

  beforeEach(async () => {
    reader.batches.length = 0;
    await boards.database.query('delete from effect');
    await boards.database.query('delete from parked_message');
    await events.database.query('delete from outbox');
  });

  const commit = (facts: NewFact[]): Promise<Staged> =>
    events.database.transaction((tx) => events.facts.outbox.stage(tx, facts));
  const effects = async (): Promise<number> => (await boards.database.query('select * from effect')).length;
  const applied = async (count: number): Promise<void> => eventually(async () => expect(await effects()).toBe(count));
  /** Some of these specs make the broker hand out its whole history again; this counts one commit's facts alone. */
  const appliedOnce = async ({ envelopes }: Staged): Promise<void> => {
    const ids = envelopes.flatMap(({ payload }) => (JSON.parse(payload) as FactEnvelope).facts.map(({ id }) => id));
    await eventually(async () => {
      const rows = await boards.database.query('select * from effect where fact_id = any($1::uuid[])', [ids]);
      expect(rows).toHaveLength(ids.length);
      // What a leaving instance took is handed out again half a minute later at the latest.
    }, 60_000);
  };
  const durable = durableName('leaderboards', scored);

  it('has applied a fact when carry resolves, and marks the row soon after', async () => {
    const staged = await commit([scoreOf(1)]);
    const report = await events.facts.outbox.carry(staged, { awaitApplied: ['leaderboards'], withinMs: 20_000 });
    expect(report).toEqual({ applied: ['leaderboards'], late: [] });
    expect(await effects()).toBe(1);
    await eventually(async () =>
      expect(await events.database.query('select 1 from outbox where published_at is null')).toEqual([]),
    );
  });

  it('puts facts of one subject and partition into one envelope, and hands all of them over', async () => {
    const staged = await commit([
      ...Array.from({ length: 50 }, (_, n) => scoreOf(n)),
      { type: completed, scope, aggregateId: uuidV7(), revision: 1, payload: { grantKey: 'chest' } },
    ]);
    expect(new Set(staged.envelopes.map(({ subject }) => subject)).size).toBe(5);
    expect(staged.envelopes).toHaveLength(5);
    const report = await events.facts.outbox.carry(staged, { awaitApplied: ['leaderboards'], withinMs: 20_000 });
    // Nobody of leaderboards reads completions: waiting for that envelope would be in vain.
    expect(report.applied).toEqual(['leaderboards']);
    expect(await effects()).toBe(50);
  });

  it('neither waits for a context that reads none of the facts nor takes it for late', async () => {
    const unread: NewFact = { type: completed, scope, aggregateId: uuidV7(), revision: 1, payload: { grantKey: 'x' } };
    const startedMs = performance.now();
    const report = await events.facts.outbox.carry(await commit([unread]), {
      awaitApplied: ['leaderboards'],
      withinMs: 30_000,
    });
    expect(report).toEqual({ applied: [], late: [] });
    expect(performance.now() - startedMs).toBeLessThan(15_000);
  });

  it('lets a store write the rows in its own statement', async () => {
    const staged = events.facts.outbox.envelopes([scoreOf(1), scoreOf(2)]);
    const { ids, subjects, payloads, headers } = staged.columns;
    await events.database.query(
      `insert into outbox (id, subject, payload, headers)
       select i, s, p, h::jsonb from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) t (i, s, p, h)`,
      [ids, subjects, payloads, headers],
    );
    await events.facts.outbox.carry(staged, { awaitApplied: ['leaderboards'], withinMs: 20_000 });
    expect(await effects()).toBe(2);
  });

  it('answers in time when a reader is slow, and says who is late', async () => {
    const release = reader.hold();
    const report = await events.facts.outbox.carry(await commit([scoreOf(1)]), {
      awaitApplied: ['leaderboards'],
      withinMs: 60,
    });
    // The reader is held until it is released: only the bound ends the wait.
    expect(report).toEqual({ applied: [], late: ['leaderboards'] });
    release();
    await applied(1);
  });

  it('takes what has arrived meanwhile in one batch', async () => {
    const release = reader.hold();
    for (let n = 0; n < 100; n += 1) await events.facts.outbox.carry(await commit([scoreOf(n)]));
    const { consumers } = await jetstreamManager(boards.link.nats);
    await eventually(async () => {
      expect(await consumers.info('kraty-events', durable)).toMatchObject({ num_ack_pending: 100, num_pending: 0 });
    });
    release();
    await applied(100);
    expect(reader.batches.length).toBeLessThan(40);
  });

  it('has one effect however often a fact is delivered', async () => {
    const staged = await commit([scoreOf(1)]);
    await events.facts.outbox.carry(staged, { awaitApplied: ['leaderboards'], withinMs: 20_000 });
    for (let n = 0; n < 5; n += 1) {
      for (const envelope of staged.envelopes)
        await publishDurably(events.link.nats, { ...envelope, headers: null }, { again: true });
    }
    await eventually(() => expect(reader.batches.reduce((sum, size) => sum + size, 0)).toBeGreaterThanOrEqual(6));
    expect(await effects()).toBe(1);
  });

  it('parks a poisoned fact and applies the ninety-nine around it', async () => {
    const poisoned = scoreOf(50, { poisoned: true });
    const facts = Array.from({ length: 100 }, (_, n) => (n === 50 ? poisoned : scoreOf(n)));
    await events.facts.outbox.carry(await commit(facts));
    await applied(99);
    const [parked, ...others] = await eventuallyRows<{
      consumer: string;
      payload: string;
      reason: string;
      deliveries: number;
    }>(boards, 'select * from parked_message');
    expect(others).toEqual([]);
    expect(parked).toMatchObject({
      consumer: durable,
      deliveries: 1,
      reason: expect.stringContaining('invalid_metric'),
    });
    expect(JSON.parse(parked!.payload).facts).toMatchObject([{ payload: { poisoned: true } }]);
    expect(await boards.metrics.registry.getSingleMetricAsString('parked_messages')).toContain(`consumer="${durable}"`);
  });

  it('publishes a parked fact again for an operator, and parks it anew while its reason is not mended', async () => {
    const sut = new FactRepair(boards.database, boards.link);
    await events.facts.outbox.carry(await commit([scoreOf(1, { poisoned: true })]));
    await eventuallyRows(boards, 'select * from parked_message');
    const [parked] = await sut.parked();
    expect(parked).toMatchObject({ consumer: durable, reason: expect.stringContaining('invalid_metric') });

    expect(await sut.unpark(parked!.id)).toBe(true);
    await eventually(async () => {
      const again = await sut.parked();
      expect(again.map(({ id }) => id)).toEqual([parked!.id]);
      expect(again[0]!.parkedAt.getTime()).toBeGreaterThan(parked!.parkedAt.getTime());
    });

    reader.mended = true;
    expect(await sut.unpark(parked!.id)).toBe(true);
    await applied(1);
    expect(await sut.parked()).toEqual([]);
    expect(await sut.unpark(parked!.id)).toBe(false);
    reader.mended = false;
  });

  it('parks what nobody can read', async () => {
    await publishDurably(events.link.nats, {
      id: uuidV7(),
      subject: `${scored.subject}.0`,
      payload: 'not JSON',
      headers: null,
    });
    const [parked] = await eventuallyRows<{ reason: string; payload: string }>(boards, 'select * from parked_message');
    expect(parked).toMatchObject({ reason: 'undecodable', payload: 'not JSON' });
  });

  it('tries a failing fact again after a pause', async () => {
    await events.facts.outbox.carry(await commit([scoreOf(1, { failures: 2 }), scoreOf(2)]));
    await applied(2);
    expect(await boards.database.query('select * from parked_message')).toEqual([]);
  });

  it('relays what was committed by a process that died before it published', async () => {
    await commit([scoreOf(1), scoreOf(2)]);
    await applied(2);
    await eventually(async () =>
      expect(await events.database.query('select 1 from outbox where published_at is null')).toEqual([]),
    );
  });

  it('replays what was published before', async () => {
    const staged = await commit([scoreOf(1), scoreOf(2), scoreOf(3)]);
    await events.facts.outbox.carry(staged, { awaitApplied: ['leaderboards'], withinMs: 20_000 });
    await eventually(async () =>
      expect(await events.database.query('select 1 from outbox where published_at is null')).toEqual([]),
    );
    await boards.database.query('delete from effect');
    await boards.database.query('delete from inbox');
    const sut = new FactRepair(events.database, events.link);
    expect(await sut.replay({ subject: completed.subject, since: new Date(0) })).toBe(0);
    expect(await sut.replay({ subject: scored.subject, since: new Date(0) })).toBe(staged.envelopes.length);
    await applied(3);
  });

  it('elects one relay, and another when it leaves', async () => {
    const second = await world.service('events', [], events);
    await eventually(() => expect([events, second].filter(({ facts }) => facts.relay.isElected)).toHaveLength(1));
    const elected = events.facts.relay.isElected ? events : second;
    const other = elected === events ? second : events;
    await elected.facts.relay.stop();
    await eventually(() => expect(other.facts.relay.isElected).toBe(true));
    if (elected === events) events = await world.service('events', [], events);
  });

  it('goes on when its consumer is deleted', async () => {
    const manager = await jetstreamManager(events.link.nats);
    await manager.consumers.delete('kraty-events', durable);
    const staged = await commit([scoreOf(1)]);
    await events.facts.outbox.carry(staged);
    await appliedOnce(staged);
  });

  it('goes on when the stream is deleted', async () => {
    const manager = await jetstreamManager(events.link.nats);
    await manager.streams.delete('kraty-events');
    const staged = await commit([scoreOf(1)]);
    await events.facts.outbox.carry(staged);
    await appliedOnce(staged);
  });

  it('shares the work of two instances and loses nothing when one leaves', async () => {
    const secondReader = new ScoreReader();
    const second = await world.service('leaderboards', [{ provide: ScoreReader, useValue: secondReader }], boards);
    secondReader.player = second;
    const staged: Staged[] = [];
    const carryFifty = async (): Promise<void> => {
      for (let n = 0; n < 50; n += 1) {
        staged.push(await commit([scoreOf(n)]));
        await events.facts.outbox.carry(staged.at(-1)!);
      }
    };
    await eventually(async () => {
      await carryFifty();
      expect(Math.min(reader.batches.length, secondReader.batches.length)).toBeGreaterThan(0);
    });
    const leaving = second.stop();
    await carryFifty();
    await leaving;
    await appliedOnce({ envelopes: staged.flatMap(({ envelopes }) => envelopes) });
  });
});

async function eventuallyRows<R>(player: Player, query: string): Promise<R[]> {
  let rows: R[] = [];
  await eventually(async () => {
    rows = await player.database.query<R>(query);
    expect(rows.length).toBeGreaterThan(0);
  });
  return rows;
}
