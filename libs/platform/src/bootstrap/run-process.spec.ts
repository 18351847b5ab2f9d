import { EventEmitter, once } from 'node:events';
import { ConfigurationError } from '../configuration/index.js';
import { Logger } from '../logging/index.js';
import { runProcess } from './run-process.js';

class FakeHost extends EventEmitter {
  readonly exits: number[] = [];
  readonly told: string[] = [];
  readonly stderr = { write: (text: string) => this.told.push(text) };

  exit(code: number): void {
    this.exits.push(code);
    this.emit('exited');
  }
}

function setUp() {
  const lines: string[] = [];
  const host = new FakeHost();
  const logger = Logger.create({ service: 'test', destination: { write: (line) => void lines.push(line) } });
  return { host, logger, lines };
}

describe('runProcess', () => {
  it.each(['SIGTERM', 'SIGINT'])('stops gracefully on %s and leaves with 0', async (signal) => {
    const { host, logger } = setUp();
    let stops = 0;
    await runProcess(logger, () => Promise.resolve(async () => void (stops += 1)), host);
    const exited = once(host, 'exited');
    host.emit(signal, signal);
    await exited;
    expect([stops, host.exits]).toEqual([1, [0]]);
  });

  it('leaves at once on the second signal', async () => {
    const { host, logger } = setUp();
    await runProcess(logger, () => Promise.resolve(() => new Promise<void>(() => undefined)), host);
    host.emit('SIGTERM', 'SIGTERM');
    host.emit('SIGTERM', 'SIGTERM');
    expect(host.exits).toEqual([1]);
  });

  it('finishes a start before it stops', async () => {
    const { host, logger } = setUp();
    const order: string[] = [];
    const running = runProcess(
      logger,
      async () => {
        await Promise.resolve(order.push('started'));
        return () => Promise.resolve(void order.push('stopped'));
      },
      host,
    );
    const exited = once(host, 'exited');
    host.emit('SIGTERM', 'SIGTERM');
    await Promise.all([running, exited]);
    expect(order).toEqual(['started', 'stopped']);
  });

  it.each(['unhandledRejection', 'uncaughtException'])('logs an %s and leaves with 1', async (event) => {
    const { host, logger, lines } = setUp();
    await runProcess(logger, () => Promise.resolve(() => Promise.resolve()), host);
    host.emit(event, new Error('boom'));
    expect(host.exits).toEqual([1]);
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ level: 'fatal', err: { message: 'boom' } });
  });

  it('tells an operator in plain words what is wrong with the configuration', async () => {
    const { host, logger, lines } = setUp();
    await runProcess(logger, () => Promise.reject(new ConfigurationError(['NATS_URL is required'])), host);
    expect(host.told.join()).toContain('  NATS_URL is required');
    expect([host.exits, lines]).toEqual([[1], []]);
  });
});
