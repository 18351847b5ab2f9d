import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, removeDirectory, startRedis } from '../../../../tools/lib/servers.mjs';
import { toFailure } from '../errors/index.js';
import { Logger } from '../logging/index.js';
import { eventually } from '../messaging/eventually.fixture.js';
import { closeRedis, openRedis, type Redis } from './index.js';

describe('openRedis', () => {
  const lines: string[] = [];
  const logger = Logger.create({ service: 'test', destination: { write: (line) => void lines.push(line) } });
  let dataDirectory: string;
  let port: number;
  let server: { url: string; kill(): Promise<void> };
  let sut: Redis;

  beforeAll(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'kraty-redis-'));
    port = await freePort();
    sut = await openRedis(`redis://127.0.0.1:${port}`, 'test', logger);
  });

  afterAll(async () => {
    await closeRedis(sut);
    await server.kill();
    await removeDirectory(dataDirectory);
  });

  it('starts without Redis, and fails commands at once as "busy" instead of queueing them', async () => {
    expect(lines.join()).toContain('starting without redis');
    const error: unknown = await sut.get('x').catch((reason: unknown) => reason);
    expect(toFailure(error)).toMatchObject({ status: 503, code: 'internal_error' });
    // Not that it has waited in vain.
    expect(error).toMatchObject({ message: expect.stringMatching(/isn't writeable/) as unknown });
  });

  it('finds Redis by itself once it is there', async () => {
    const ready = new Promise((resolve) => sut.once('ready', resolve));
    server = await startRedis({ dataDirectory, port });
    await ready;
    // An answer that a busy machine brings after two seconds comes too late.
    await eventually(async () => {
      expect(await Promise.all([sut.set('x', '1'), sut.incr('x'), sut.get('x')])).toEqual(['OK', 2, '2']);
    });
  });

  it('survives the death of Redis and reconnects', async () => {
    const gone = new Promise((resolve) => sut.once('close', resolve));
    await server.kill();
    await gone;
    await expect(sut.get('x')).rejects.toThrow();
    const ready = new Promise((resolve) => sut.once('ready', resolve));
    server = await startRedis({ dataDirectory, port });
    await ready;
    await eventually(async () => expect(await sut.get('x')).toBeNull());
  });
});
