import { request } from '@kraty/contracts/messages';
import { Controller } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { INestMicroservice } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Failure, FailureFilter, fail } from '../errors/index.js';
import { currentRequestId, Logger, runInRequest } from '../logging/index.js';
import { eventually } from './eventually.fixture.js';
import { HandleRequest } from './handle-request.js';
import { KratyNatsServer } from './kraty-nats-server.js';
import { Messenger } from './messenger.js';
import type { NatsLink } from './nats-link.js';
import { OwnBroker } from './own-broker.fixture.js';
import { rawJson, reply, type Reply } from './reply.js';
import { RequestContext } from './request-context.js';

const double = request<{ n: number }, { twice: number }>('economy', 'double');
const recorded = request<null, { first: boolean }>('economy', 'recorded');
const refuse = request<{ have: number }, never>('economy', 'refuse');
const crash = request<null, never>('economy', 'crash');
const nothing = request<null, void>('economy', 'nothing');
const hold = request<{ name: string }, string>('economy', 'hold');
const facing = request<null, { leftMs: number; requestId: string | null }>('economy', 'facing');
const nobody = request<null, never>('economy', 'nobody');

/** Milliseconds nobody reaches in a good run: what ends earlier was ended by something else. */
const patientMs = 60_000;

/** Lets a spec decide when a held request is answered. */
class Gate {
  readonly entered: string[] = [];
  private open: () => void = () => undefined;
  private passage = this.closed();

  enter(name: string): Promise<void> {
    this.entered.push(name);
    return this.passage;
  }

  release(): void {
    this.open();
    this.passage = this.closed();
  }

  private closed(): Promise<void> {
    return new Promise((resolve) => (this.open = resolve));
  }
}

const gate = new Gate();

@Controller()
class Handler {
  served = 0;

  @HandleRequest(double)
  async double({ n }: { n: number }): Promise<{ twice: number }> {
    this.served += 1;
    return { twice: 2 * n };
  }

  @HandleRequest(recorded)
  async recorded(): Promise<Reply<{ first: boolean }>> {
    return reply(rawJson('{ "first": false }'), { status: 201, replayed: true });
  }

  @HandleRequest(refuse)
  async refuse({ have }: { have: number }): Promise<never> {
    throw fail(
      'insufficient_entry_cost',
      'Not enough gold.',
      { resource: 'gold', have },
      { headers: { 'retry-after': '7' } },
    );
  }

  @HandleRequest(crash)
  async crash(): Promise<never> {
    throw new TypeError('a secret of ours');
  }

  @HandleRequest(nothing)
  async nothing(): Promise<void> {}

  @HandleRequest(hold)
  async hold({ name }: { name: string }): Promise<string> {
    await gate.enter(name);
    return name;
  }

  @HandleRequest(facing)
  async facing(
    @Payload() _body: null,
    @Ctx() context: RequestContext,
  ): Promise<{ leftMs: number; requestId: string | null }> {
    return { leftMs: context.leftMs(), requestId: currentRequestId() ?? null };
  }
}

async function serve(link: NatsLink, requestsInFlightMax?: number): Promise<INestMicroservice> {
  const strategy = new KratyNatsServer(link, { context: 'economy', requestsInFlightMax });
  const service = await NestFactory.createMicroservice(
    { module: class {}, controllers: [Handler] },
    { strategy, logger: false },
  );
  service.useGlobalFilters(new FailureFilter(Logger.silent()));
  await service.listen();
  return service;
}

async function caught(work: Promise<unknown>): Promise<Failure> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (error instanceof Failure) return error;
  throw new Error('a failure was expected', { cause: error });
}

describe('Messenger', () => {
  let broker: OwnBroker;
  let first: INestMicroservice;
  let second: INestMicroservice;
  let sut: Messenger;

  beforeAll(async () => {
    broker = await OwnBroker.start();
    first = await serve(await broker.link('first'), 4);
    second = await serve(await broker.link('second'), 4);
    sut = new Messenger(await broker.link('caller'), Logger.silent());
  });

  afterAll(async () => {
    await Promise.all([first.close(), second.close()]);
    await broker.stop();
  });

  it('answers a request once, whichever instance takes it, and both take their share', async () => {
    const replies = [];
    for (let n = 0; n < 40; n += 1) replies.push(await sut.request(double, { n }));
    expect(replies).toEqual(Array.from({ length: 40 }, (_, n) => ({ twice: 2 * n })));
    const [one, two] = [first.get(Handler).served, second.get(Handler).served];
    expect(one + two).toBe(40);
    expect(Math.min(one, two)).toBeGreaterThan(0);
  });

  it('passes the bytes, the status and the replay mark on untouched', async () => {
    const raw = await sut.requestRaw(recorded, null);
    expect(new TextDecoder().decode(raw.bytes)).toBe('{ "first": false }');
    expect(raw).toMatchObject({ status: 201, replayed: true });
  });

  it('answers null when a handler returns nothing', async () => {
    expect(await sut.request(nothing, null)).toBeNull();
  });

  it('brings a refusal back as the failure it was', async () => {
    const failure = await caught(sut.request(refuse, { have: 3 }));
    expect(failure.wire()).toEqual({
      code: 'insufficient_entry_cost',
      message: 'Not enough gold.',
      status: 402,
      details: { resource: 'gold', have: 3 },
      headers: { 'retry-after': '7' },
    });
  });

  it('tells nothing of a bug but that there was one', async () => {
    const failure = await caught(sut.request(crash, null));
    expect(failure).toMatchObject({ code: 'internal_error', status: 500 });
    expect(JSON.stringify(failure.wire())).not.toContain('secret');
  });

  it('fails at once with 503 when nobody serves the route', async () => {
    const startedMs = performance.now();
    const failure = await caught(sut.request(nobody, null, { deadlineMs: 30_000 }));
    expect(failure).toMatchObject({ code: 'internal_error', status: 503, headers: { 'retry-after': '1' } });
    expect(performance.now() - startedMs).toBeLessThan(15_000);
  });

  it('carries the request id and what is left of the deadline to the handler', async () => {
    const seen = await runInRequest({ requestId: 'r-1' }, () => sut.request(facing, null, { deadlineMs: 40_000 }));
    expect(seen.requestId).toBe('r-1');
    expect(seen.leftMs).toBeGreaterThan(20_000);
    expect(seen.leftMs).toBeLessThanOrEqual(40_000);
  });

  it('stops waiting at the deadline, and when its caller leaves', async () => {
    const timedOut = await caught(sut.request(hold, { name: 'slow' }, { deadlineMs: 50 }));
    expect(timedOut.status).toBe(503);
    const leaving = new AbortController();
    const left = caught(sut.request(hold, { name: 'left' }, { signal: leaving.signal, deadlineMs: patientMs }));
    await eventually(() => expect(gate.entered).toContain('left'));
    leaving.abort();
    expect((await left).status).toBe(503);
    gate.release();
  });

  it('drops a request whose deadline has passed before it was taken', async () => {
    const before = first.get(Handler).served + second.get(Handler).served;
    const { nats } = await broker.link('late');
    const { headers } = await import('@nats-io/transport-node');
    const late = headers();
    late.set('Kraty-Deadline', String(Date.now() - 1));
    await expect(nats.request(double.subject, '{"n":1}', { timeout: 200, headers: late })).rejects.toThrow(/timeout/i);
    // Enough for both instances: each has come to what was sent to it before.
    for (let n = 0; n < 40; n += 1) await sut.request(double, { n });
    expect(first.get(Handler).served + second.get(Handler).served).toBe(before + 40);
  });

  it('says busy at once above its bound, and serves again below it', async () => {
    gate.entered.length = 0;
    const refused: number[] = [];
    const calls: Promise<unknown>[] = [];
    // So many that either instance is given more than its four, by whatever chance.
    for (let n = 0; n < 80; n += 1) {
      const asking = sut.request(hold, { name: `n${n}` }, { deadlineMs: patientMs });
      calls.push(asking.catch((error: Failure) => refused.push(error.status)));
      // What is asked in one turn goes to one instance.
      await new Promise(setImmediate);
    }
    await eventually(() => expect([gate.entered.length, refused.length]).toEqual([8, 72]));
    expect(new Set(refused)).toEqual(new Set([503]));
    expect((await caught(sut.request(double, { n: 1 }))).status).toBe(503);
    gate.release();
    await Promise.all(calls);
    expect(refused).toHaveLength(72);
    expect(await sut.request(double, { n: 2 })).toEqual({ twice: 4 });
  });

  it('finishes what it has taken before it closes', async () => {
    const third = await serve(await broker.link('third'));
    await Promise.all([first.close(), second.close()]);
    gate.entered.length = 0;
    const answer = sut.request(hold, { name: 'last' }, { deadlineMs: patientMs });
    await eventually(() => expect(gate.entered).toContain('last'));
    const closing = third.close();
    await untilRefused(() => sut.request(double, { n: 1 }));
    gate.release();
    expect(await answer).toBe('last');
    await closing;
    first = await serve(await broker.link());
    second = await serve(await broker.link());
  });

  it('hears what is said to everyone, also after a listener threw', async () => {
    const heard: unknown[] = [];
    const stop = sut.listen<{ n: number }>('kraty.broadcast.spec', ({ n }) => {
      if (n === 0) throw new Error('a bug in a listener');
      heard.push(n);
    });
    for (const n of [0, 1, 2]) sut.broadcast('kraty.broadcast.spec', { n });
    await eventually(() => expect(heard).toHaveLength(2));
    stop();
  });

  it('fails fast while the broker is away, and goes on when it is back', async () => {
    let reconnected = 0;
    sut.onReconnect(() => (reconnected += 1));
    await broker.kill();
    await eventually(() => expect(sut.connected).toBe(false));
    const startedMs = performance.now();
    expect((await caught(sut.request(double, { n: 1 }, { deadlineMs: 30_000 }))).status).toBe(503);
    expect(performance.now() - startedMs).toBeLessThan(15_000);
    await broker.restart();
    await eventually(() => expect(sut.connected && reconnected === 1).toBe(true));
    // The serving processes reconnect each in its own time.
    expect(await eventually(() => sut.request(double, { n: 21 }))).toEqual({ twice: 42 });
  });
});

/** A closing service takes until the broker has seen that it left. */
async function untilRefused(call: () => Promise<unknown>): Promise<void> {
  for (let round = 0; round < 100; round += 1) {
    const refused = await call().then(
      () => false,
      () => true,
    );
    if (refused) return;
  }
  throw new Error('a closing service still takes requests');
}
