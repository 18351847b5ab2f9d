import { fail } from '../errors/index.js';
import { Logger } from '../logging/index.js';
import { RepeatingWorker } from './index.js';

class Sut extends RepeatingWorker {
  readonly done: number[] = [];
  private finish: () => void = () => undefined;
  readonly finished = new Promise<void>((resolve) => (this.finish = resolve));

  constructor() {
    super({ name: 'test', everyMs: 1, firstAfterMs: 0, logger: Logger.silent() });
  }

  override async round(): Promise<void> {
    await this.each([1, 2, 3], async (item) => {
      if (item === 2) throw fail('internal_error', 'this one never works');
      this.done.push(item);
      return Promise.resolve();
    });
    this.finish();
  }
}

it('a piece of a round that fails leaves the others their turn', async () => {
  const sut = new Sut();
  sut.onApplicationBootstrap();
  await sut.finished;
  await sut.beforeApplicationShutdown();
  expect(sut.done.slice(0, 2)).toEqual([1, 3]);
});

it('a worker that is stopped begins no further piece', async () => {
  const sut = new Sut();
  await sut.beforeApplicationShutdown();
  await sut.round();
  expect(sut.done).toEqual([]);
});
