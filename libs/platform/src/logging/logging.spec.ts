import { Logger, NestLogger, runInRequest } from './index.js';

function setUp(level: 'info' | 'trace' = 'info') {
  const lines: string[] = [];
  const sut = Logger.create({ service: 'economy', level, destination: { write: (line) => void lines.push(line) } });
  return { sut, lines, last: () => JSON.parse(lines.at(-1)!) as Record<string, unknown> };
}

describe('Logger', () => {
  it('writes one JSON object a line, with service, level, time and request', () => {
    const { sut, last } = setUp();
    runInRequest({ requestId: 'r-1' }, () => sut.info({ boards: 3 }, 'flushed'));
    expect(last()).toMatchObject({
      level: 'info',
      service: 'economy',
      request_id: 'r-1',
      boards: 3,
      message: 'flushed',
    });
    expect(new Date(String(last()['time'])).getTime()).not.toBeNaN();
  });

  it('writes nothing below its level', () => {
    const { sut, lines } = setUp();
    sut.debug('chatter');
    expect(lines).toEqual([]);
  });

  it.each([
    { authorization: 'hunter2' },
    { headers: { Authorization: 'hunter2', 'x-player-secret': 'hunter2', cookie: 'hunter2' } },
    { a: { b: { c: { d: [{ playerSecret: 'hunter2' }] } } } },
    { password: 'hunter2', accessToken: 'hunter2', secrets: ['hunter2'] },
    { environment: { DATABASE_URL: 'hunter2', EVENTS_DATABASE_URL: 'hunter2', KRATY_MASTER_KEY: 'hunter2' } },
    { address: 'postgres://kraty:hunter2@db.internal/kraty' },
    { err: new Error('cannot reach nats://user:hunter2@broker:4222') },
    { err: Object.assign(new Error('query failed'), { parameters: ['hunter2'], config: { password: 'hunter2' } }) },
    { err: new Error('outer', { cause: new Error('redis://:hunter2@cache') }) },
    { headers: new Map([['set-cookie', 'hunter2']]) },
  ])('never shows a secret: %p', (fields) => {
    const { sut, lines } = setUp();
    sut.info(fields, 'postgres://u:hunter2@h/d');
    sut.child(fields).info('child');
    expect(lines).toHaveLength(2);
    expect(lines.join()).not.toContain('hunter2');
  });

  it('keeps what only sounds like a secret', () => {
    const { sut, last } = setUp();
    sut.info({ secretPrefix: 'abcd1234', tokens: 3, idempotencyKey: 'k' });
    expect(last()).toMatchObject({ secretPrefix: 'abcd1234', idempotencyKey: 'k' });
  });

  it('leaves the caller’s objects as they were', () => {
    const { sut } = setUp();
    const fields = { headers: { authorization: 'hunter2' } };
    sut.info(fields);
    expect(fields.headers.authorization).toBe('hunter2');
  });
});

describe('NestLogger', () => {
  it('passes warnings and errors on and keeps start-up chatter at debug', () => {
    const { sut, lines, last } = setUp();
    const nest = new NestLogger(sut);
    nest.log('Mapped {/x, GET} route', 'RouterExplorer');
    expect(lines).toEqual([]);
    nest.error(new Error('boom'), 'at a\nat b', 'ExceptionsHandler');
    expect(last()).toMatchObject({
      level: 'error',
      message: 'boom',
      context: 'ExceptionsHandler',
      err: { message: 'boom' },
    });
  });
});
