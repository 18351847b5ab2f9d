import { messageHeaders } from '@kraty/contracts/messages';
import type { INestMicroservice } from '@nestjs/common';
import { headers as newHeaders } from '@nats-io/transport-node';
import { Logger, runInRequest } from '../logging/index.js';
import { caught, Desk, errand, openDesk, unserved } from './desk.fixture.js';
import { eventually } from './eventually.fixture.js';
import { Messenger } from './messenger.js';
import type { NatsLink } from './nats-link.js';
import { OwnBroker } from './own-broker.fixture.js';
import { Tap } from './tap.fixture.js';

/** Milliseconds nobody reaches in a good run: what ends earlier was ended by something else. */
const patientMs = 60_000;
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
const statusOf = (asking: Promise<unknown>) =>
  asking.then(
    () => 200,
    (failure: { status: number }) => failure.status,
  );

describe('Requests of a turn', () => {
  let broker: OwnBroker;
  let caller: NatsLink;
  let server: NatsLink;
  let service: INestMicroservice;
  let desk: Desk;
  let questions: Tap;
  let replies: Tap;
  let sut: Messenger;

  beforeAll(async () => {
    broker = await OwnBroker.start();
    [caller, server] = [await broker.link('caller'), await broker.link('server')];
    const tapped = await broker.link('tap');
    questions = await Tap.on(tapped, errand.subject);
    replies = await Tap.on(tapped, '_INBOX.>');
    sut = new Messenger(caller, Logger.silent());
  });

  beforeEach(async () => {
    service = await openDesk(server);
    desk = service.get(Desk);
    await questions.clear();
    await replies.clear();
  });

  afterEach(() => service.close());
  afterAll(() => broker.stop());

  const echo = (say: string) => sut.request(errand, { does: 'echo', say }, { deadlineMs: patientMs });
  const hold = (say: string, deadlineMs = patientMs) => sut.request(errand, { does: 'hold', say }, { deadlineMs });

  it('travel together, and so do their answers', async () => {
    const answers = await Promise.all(numbers(40).map((n) => echo(`n${n}`)));
    expect(answers).toEqual(numbers(40).map((n) => ({ say: `n${n}` })));
    await eventually(() => expect(questions.messages).toHaveLength(2));
    expect(questions.alone).toHaveLength(0);
    // As many as there were turns in which the bundles arrived, and their limit makes two of each.
    await eventually(() => expect(replies.bundles.length).toBeGreaterThan(0));
    expect(replies.messages.length).toBeLessThan(8);
  });

  it('leave as they always did when they are alone', async () => {
    expect(await echo('alone')).toEqual({ say: 'alone' });
    await eventually(() => expect(replies.alone).toHaveLength(1));
    expect(questions.alone.map((message) => message.json())).toEqual([{ does: 'echo', say: 'alone' }]);
    expect(replies.alone[0]?.headers).toBeUndefined();
  });

  it('get each its own answer: bodies, statuses, marks and failures', async () => {
    const [echoed, recorded, refused, crashed, nothing] = await Promise.all([
      sut.requestRaw(errand, { does: 'echo', say: 'a' }),
      sut.requestRaw(errand, { does: 'record', say: 'b' }),
      caught(sut.request(errand, { does: 'refuse', say: 'Not enough.' })),
      caught(sut.request(errand, { does: 'crash' })),
      sut.request(errand, { does: 'nothing' }),
    ]);
    expect(echoed).toMatchObject({ status: 200, replayed: false });
    expect(recorded).toMatchObject({ status: 201, replayed: true });
    expect(new TextDecoder().decode(recorded.bytes)).toBe('{ "say": "b" }');
    const wire = { code: 'insufficient_entry_cost', message: 'Not enough.', status: 402 };
    expect(refused.wire()).toEqual({ ...wire, details: { have: 3 }, headers: { 'retry-after': '7' } });
    expect(crashed).toMatchObject({ code: 'internal_error', status: 500 });
    expect(nothing).toBeNull();
    await eventually(() => expect(questions.bundles).toHaveLength(1));
  });

  it('keep each its request id and its deadline', async () => {
    const look = (requestId: string, deadlineMs: number) =>
      runInRequest({ requestId }, () => sut.request(errand, { does: 'look' }, { deadlineMs }));
    const [short, long] = await Promise.all([look('r-1', patientMs), look('r-2', 3 * patientMs)]);
    expect([short, long]).toMatchObject([{ requestId: 'r-1' }, { requestId: 'r-2' }]);
    expect((short as { leftMs: number }).leftMs).toBeLessThanOrEqual(patientMs);
    expect((long as { leftMs: number }).leftMs).toBeGreaterThan(patientMs);
  });

  it('are told each under its own id what went wrong, whoever finds it out', async () => {
    const ids = ['r-1', 'r-2', 'r-3'];
    const detailsOf = (work: (id: string) => Promise<unknown>) =>
      Promise.all(ids.map((id) => runInRequest({ requestId: id }, async () => (await caught(work(id))).wire())));
    const busy = ids.map((requestId) => ({ status: 503, details: { requestId, reason: 'busy' } }));
    expect(await detailsOf(() => sut.request(unserved, null, { deadlineMs: patientMs }))).toMatchObject(busy);
    expect(await detailsOf((id) => hold(id, 50))).toMatchObject(busy);
    await service.close();
    service = await openDesk(server, 0);
    expect(await detailsOf(echo)).toMatchObject(busy);
  });

  it('are told each that its answer was too large for the broker', async () => {
    const before = server.nats.info!.max_payload;
    server.nats.info!.max_payload = 900;
    const ask = (requestId: string) =>
      runInRequest({ requestId }, async () => (await caught(echo(requestId.repeat(300)))).wire());
    const told = await Promise.all(['r-1', 'r-2'].map(ask));
    server.nats.info!.max_payload = before;
    const bug = { code: 'internal_error', status: 500 };
    expect(told).toMatchObject(['r-1', 'r-2'].map((requestId) => ({ ...bug, details: { requestId } })));
  });

  it('carry what is not ASCII, and what is not Unicode', async () => {
    const said = ['ü€😀', 'a\u2028b', '\ud800', '한국어', ''];
    const answers = await Promise.all(said.map(echo));
    expect(answers).toEqual(said.map((say) => ({ say })));
  });

  it('travel alone when they are large, and so do large answers', async () => {
    const said = ['a', 'ü'.repeat(20_000), 'b', 'c'];
    expect(await Promise.all(said.map(echo))).toEqual(said.map((say) => ({ say })));
    await eventually(() => expect(questions.messages).toHaveLength(3));
    expect(questions.bundles).toHaveLength(1);
    await eventually(() => expect(replies.alone.some(({ data }) => data.length > 40_000)).toBe(true));
  });

  it('leave one by one when the broker takes only smaller messages', async () => {
    const infos = [caller.nats.info!, server.nats.info!];
    const before = infos[0]!.max_payload;
    for (const info of infos) info.max_payload = 900;
    const said = numbers(5).map((n) => String(n).repeat(300));
    expect(await Promise.all(said.map(echo))).toEqual(said.map((say) => ({ say })));
    for (const info of infos) info.max_payload = before;
    await eventually(() => expect(replies.messages).toHaveLength(5));
    expect([...questions.bundles, ...replies.bundles]).toHaveLength(0);
  });

  it('do not wait for each other: one runs out of time while the others are answered', async () => {
    const slow = caught(hold('slow', 500));
    expect(await Promise.all([echo('a'), echo('b')])).toEqual([{ say: 'a' }, { say: 'b' }]);
    expect((await slow).status).toBe(503);
    await eventually(() => expect(questions.bundles).toHaveLength(1));
    desk.release();
    expect(await echo('after')).toEqual({ say: 'after' });
  });

  it('are refused together when nobody serves them', async () => {
    const ask = () => caught(sut.request(unserved, null, { deadlineMs: patientMs }));
    const refused = await Promise.all(numbers(40).map(ask));
    expect(refused.every(({ status, code }) => status === 503 && code === 'internal_error')).toBe(true);
  });

  it('are answered when their server leaves in the middle of a bundle', async () => {
    const held = Promise.all(['a', 'b'].map((say) => hold(say)));
    expect(await echo('c')).toEqual({ say: 'c' });
    await eventually(() => expect(desk.held).toEqual(['a', 'b']));
    const closing = service.close();
    desk.release();
    expect(await held).toEqual([{ say: 'a' }, { say: 'b' }]);
    await closing;
  });

  it('count one by one towards what a process works on at once', async () => {
    await service.close();
    service = await openDesk(server, 4);
    desk = service.get(Desk);
    const asking = numbers(10).map((n) => statusOf(hold(`n${n}`)));
    expect(await Promise.all(asking.slice(4))).toEqual(Array(6).fill(503));
    expect(desk.held).toEqual(['n0', 'n1', 'n2', 'n3']);
    desk.release();
    expect(await Promise.all(asking.slice(0, 4))).toEqual(Array(4).fill(200));
  });

  it('are shared by the instances of a context', async () => {
    const other = await openDesk(await broker.link('other'));
    await Promise.all(numbers(800).map((n) => echo(`n${n}`)));
    expect(desk.served + other.get(Desk).served).toBe(800);
    expect(Math.min(desk.served, other.get(Desk).served)).toBeGreaterThan(0);
    await other.close();
  });

  it('stay with the others when the caller of one has left', async () => {
    const leaving = new AbortController();
    const options = { signal: leaving.signal, deadlineMs: patientMs };
    const left = caught(sut.request(errand, { does: 'hold', say: 'left' }, options));
    const stays = hold('stays');
    await eventually(() => expect(desk.held).toEqual(['left', 'stays']));
    leaving.abort();
    expect((await left).status).toBe(503);
    desk.release();
    expect(await stays).toEqual({ say: 'stays' });
  });

  it('of strangers are answered one by one', async () => {
    const { nats } = await broker.link('stranger');
    const ask = (say: string) =>
      nats.request(errand.subject, JSON.stringify({ does: 'echo', say }), { timeout: patientMs });
    const answers = await Promise.all(['a', 'b', 'c'].map(ask));
    expect(answers.map((answer) => answer.json())).toEqual([{ say: 'a' }, { say: 'b' }, { say: 'c' }]);
    expect(replies.bundles).toHaveLength(0);
  });

  it('and their answers survive a bundle nobody can read', async () => {
    const marked = newHeaders();
    marked.set(messageHeaders.bundle, '1');
    const under = hold('under way');
    await eventually(() => expect(questions.messages).toHaveLength(1));
    caller.nats.publish(errand.subject, 'no bundle', { headers: marked });
    caller.nats.publish(questions.messages[0]!.reply!, 'no bundle', { headers: marked });
    expect(await Promise.all([echo('a'), echo('b')])).toEqual([{ say: 'a' }, { say: 'b' }]);
    desk.release();
    expect(await under).toEqual({ say: 'under way' });
  });

  it('end at their deadlines when the broker is lost, and later ones are answered', async () => {
    const lost = numbers(3).map((n) => statusOf(hold(`n${n}`, 5_000)));
    await eventually(() => expect(desk.held).toHaveLength(3));
    await broker.kill();
    await eventually(() => expect(server.connected).toBe(false));
    desk.release();
    expect(await Promise.all(lost)).toEqual([503, 503, 503]);
    await broker.restart();
    // Each try may be the one that a connection loses which has not noticed yet, so none is waited for long.
    const briefly = (say: string) => sut.request(errand, { does: 'echo', say }, { deadlineMs: 2_000 });
    const again = await eventually(() => Promise.all([briefly('a'), briefly('b')]), 60_000);
    expect(again).toEqual([{ say: 'a' }, { say: 'b' }]);
  });

  it('end at once when the connection is closed for good', async () => {
    const link = await broker.link('leaving');
    const leaving = new Messenger(link, Logger.silent());
    const ask = (say: string) => statusOf(leaving.request(errand, { does: 'hold', say }, { deadlineMs: patientMs }));
    const under = ['a', 'b'].map(ask);
    await eventually(() => expect(desk.held).toEqual(['a', 'b']));
    const [late, closing] = [['c', 'd'].map(ask), link.close()];
    expect(await Promise.all([...under, ...late])).toEqual([503, 503, 503, 503]);
    await closing;
    expect(await ask('e')).toBe(503);
    desk.release();
  });
});
