import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { framesBehindMax, frameText, SseConnection } from './sse-connection.js';

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
async function asked(): Promise<{ client: Socket; response: ServerResponse }> {
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1').on('error', () => undefined);
  client.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  return { client, response };
}

const frame = frameText({ event: 'score_update', data: { name: 'x'.repeat(200) } });

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
    const large = frameText({ event: 'score_update', data: 'x'.repeat(20_000) });
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
});
