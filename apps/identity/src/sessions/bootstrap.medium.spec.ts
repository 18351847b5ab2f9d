import { bootstrap, readBootstrap, type Bootstrap } from '@kraty/contracts/identity';
import { startService, type RunningService } from '@kraty/platform/bootstrap';
import { MovableClock } from '@kraty/platform/clock';
import { sha256Hex } from '@kraty/platform/ids';
import { Logger } from '@kraty/platform/logging';
import type { Messenger } from '@kraty/platform/messaging';
import { askPatiently, startGround, type Ground } from '@kraty/testing/harness';
import { origin } from '../identity.fixture.js';
import { identity } from '../index.js';

let ground: Ground;
let messenger: Messenger;
let running: RunningService;
let token: string;
const clock = new MovableClock();

async function start(): Promise<void> {
  const lines: string[] = [];
  const logger = Logger.create({
    service: 'identity',
    level: 'info',
    destination: { write: (line: string) => void lines.push(line) },
  });
  running = await startService(identity, { environment: ground.environment('identity'), clock, logger });
  token = /one-time code (\S{43}) /.exec(lines.join('\n'))?.[1] ?? '';
}

beforeAll(async () => {
  ground = await startGround({ services: ['identity'], prefix: 'kraty_bootstrap' });
  messenger = askPatiently(await ground.messenger());
  await start();
});
afterAll(async () => {
  await running.stop();
  await ground.stop();
});

const make = (more: Partial<Bootstrap> = {}) =>
  messenger.request(bootstrap, {
    token,
    email: 'Owner@Example.com',
    name: 'Owner',
    password: 'a long enough password',
    studioName: 'Rock & Roll Games',
    ...origin,
    ...more,
  });

describe('an installation without an operator', () => {
  it('prints a token once and keeps only its hash', async () => {
    expect(token).toHaveLength(43);
    const rows = await ground.sql<{ token_hash: string }>('identity', 'select token_hash from bootstrap_token');
    expect(rows).toEqual([{ token_hash: sha256Hex(token) }]);
    expect(await messenger.request(readBootstrap, {})).toEqual({ required: true });
  });

  it('refuses a wrong token, and one older than an hour', async () => {
    await expect(make({ token: 'x'.repeat(43) })).rejects.toMatchObject({ code: 'invalid_credentials' });
    clock.advance(60 * 60_000);
    await expect(make()).rejects.toMatchObject({ code: 'invalid_credentials' });
  });

  it('prints a new one at the next start, and the old one is dead', async () => {
    const old = token;
    await running.stop();
    await start();
    expect(token).not.toBe(old);
    await expect(make({ token: old })).rejects.toMatchObject({ code: 'invalid_credentials' });
  });

  it('names everything that is wrong with the form', async () => {
    await expect(make({ email: 'no', name: '', password: 'short', studioName: ' ' })).rejects.toMatchObject({
      details: {
        issues: [{ path: 'body.email' }, { path: 'body.name' }, { path: 'body.studioName' }, { path: 'body.password' }],
      },
    });
  });

  it('gets one operator, and only one, from many who hurry', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 5 }, (_, index) => make({ email: `owner${index}@example.com` })),
    );
    const made = answers.filter(({ status }) => status === 'fulfilled');
    expect(made).toHaveLength(1);
    expect(await ground.sql('identity', 'select name, slug from studio')).toEqual([
      { name: 'Rock & Roll Games', slug: 'rock-roll-games' },
    ]);
    expect(await messenger.request(readBootstrap, {})).toEqual({ required: false });
    await expect(make()).rejects.toMatchObject({ code: 'not_found' });
  });
});
