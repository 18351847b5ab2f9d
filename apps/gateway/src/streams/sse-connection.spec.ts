import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { framesBehindMax, SseConnection } from './sse-connection.js';
import { SseFrames } from './sse-frames.js';

let server: Server;

beforeAll(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** A client that has asked, and the response it is waiting for. */
async function asked(
  version = 'HTTP/1.1',
  connection = 'close',
): Promise<{ client: Socket; response: ServerResponse }> {
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1').on('error', () => undefined);
  client.write(`GET / ${version}\r\nhost: x\r\nconnection: ${connection}\r\n\r\n`);
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  return { client, response };
}

const frame = SseFrames.of({ event: 'score_update', data: { name: 'x'.repeat(200) } });

describe('SseConnection', () => {
  it('sends any number of frames at once to a reader that keeps up', async () => {
    const { client, response } = await asked();
    let received = '';
    client.on('data', (chunk) => (received += String(chunk)));
    const sut = new SseConnection(response, {}, () => undefined);
    for (let count = 0; count < 3 * framesBehindMax; count += 1) sut.send(frame);
    sut.end();
    await once(client, 'end');
    expect(received.split('event: score_update').length - 1).toBe(3 * framesBehindMax);
  });

  it('ends the connection of a reader that falls behind', async () => {
    const { client, response } = await asked();
    client.pause();
    let ends = 0;
    const sut = new SseConnection(response, {}, () => (ends += 1));
    const large = SseFrames.of({ event: 'score_update', data: 'x'.repeat(20_000) });
    // More than the kernel holds for a reader that takes nothing.
    const closed = once(response, 'close');
    for (let count = 0; count < 2_000; count += 1) sut.send(large);
    await closed;
    expect([sut.ended, ends]).toEqual([true, 1]);
  });

  it('ends at once when the reader has left before it began', async () => {
    const { client, response } = await asked();
    client.destroy();
    await once(response, 'close');
    let ends = 0;
    const sut = new SseConnection(response, {}, () => (ends += 1));
    sut.send(frame);
    expect([sut.ended, ends]).toEqual([true, 1]);
  });

  it('lets go of a reader that does not take the rest', async () => {
    const { client, response } = await asked();
    client.pause();
    const closed = once(response, 'close');
    const sut = new SseConnection(response, {}, () => undefined);
    // More than the kernel holds, in fewer frames than it takes to be behind.
    sut.send(SseFrames.of({ event: 'finalized', data: 'x'.repeat(20_000_000) }));
    sut.end();
    await closed;
    expect(sut.ended).toBe(true);
  });

  it('takes nothing more once it is ending, and leaves the rest to a reader that is slow', async () => {
    const { client, response } = await asked();
    client.pause();
    const sut = new SseConnection(response, {}, () => undefined);
    const large = SseFrames.of({ event: 'score_update', data: 'x'.repeat(20_000) });
    for (let count = 0; count < 200; count += 1) sut.send(large);
    sut.end();
    sut.send(frame);
    let received = 0;
    client.on('data', (chunk) => (received += chunk.length)).resume();
    await once(client, 'end');
    expect(received).toBeGreaterThan(200 * 20_000);
    expect(received).toBeLessThan(201 * 20_100);
  });

  it.each([
    ['HTTP/1.1', true],
    ['HTTP/1.0', false],
  ])('speaks %s', async (version, isChunked) => {
    const { client, response } = await asked(version);
    let received = '';
    client.on('data', (chunk) => (received += String(chunk)));
    const sut = new SseConnection(response, {}, () => undefined);
    sut.send(SseFrames.of({ event: 'ready', data: { name: 'Zoë' } }));
    sut.end();
    await once(client, 'end');
    const [head, body] = [received.split('\r\n\r\n', 1)[0]!, received.slice(received.indexOf('\r\n\r\n') + 4)];
    const text = 'event: ready\ndata: {"name":"Zoë"}\n\n';
    expect(head.includes('chunked')).toBe(isChunked);
    expect(body).toBe(isChunked ? `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n0\r\n\r\n` : text);
  });

  it('waits for its turn behind an answer that is still being given', async () => {
    const { client, response: first } = await asked('HTTP/1.1', 'keep-alive');
    let received = '';
    client.setEncoding('utf8').on('data', (chunk) => (received += String(chunk)));
    client.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    const [, second] = (await once(server, 'request')) as [unknown, ServerResponse];
    const sut = new SseConnection(second, {}, () => undefined);
    sut.send(frame);
    sut.end();
    first.end('first');
    await once(client, 'end');
    expect(received.indexOf('first')).toBeGreaterThan(0);
    expect(received.indexOf('event: score_update')).toBeGreaterThan(received.indexOf('first'));
  });
});
