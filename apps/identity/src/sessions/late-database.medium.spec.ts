import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { readBootstrap } from '@kraty/contracts/identity';
import { startService } from '@kraty/platform/bootstrap';
import { startGround, type Ground } from '@kraty/testing/harness';
import { identity } from '../index.js';

/** Connections that PostgreSQL refuses while it comes up. */
const refusals = 3;

let ground: Ground;
let door: Server;
let refused = 0;

beforeAll(async () => {
  ground = await startGround({ services: ['identity'] });
  const { hostname, port } = new URL(ground.databaseUrl('identity'));
  door = createServer((near) => {
    near.on('error', () => undefined);
    if (refused < refusals) {
      refused += 1;
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    far.on('error', () => near.destroy());
    near.pipe(far).pipe(near);
  });
  await once(door.listen(0, '127.0.0.1'), 'listening');
});

afterAll(async () => {
  door.close();
  await ground.stop();
});

describe('a database that comes up after the service', () => {
  it('is waited for', async () => {
    const url = new URL(ground.databaseUrl('identity'));
    url.hostname = '127.0.0.1';
    url.port = String((door.address() as AddressInfo).port);
    const environment = { ...ground.environment('identity'), DATABASE_URL: url.href };
    const running = await startService(identity, { environment });
    const messenger = await ground.messenger();
    expect(await messenger.request(readBootstrap, {})).toEqual({ required: true });
    expect(refused).toBe(refusals);
    await running.stop();
  });
});
