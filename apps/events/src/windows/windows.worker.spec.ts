import { MovableClock } from '@kraty/platform/clock';
import type { Logger } from '@kraty/platform/logging';
import type { Database } from '@kraty/platform/persistence';
import type { Closing } from './closing.service.js';
import type { Windows } from './windows.service.js';
import { WindowsWorker } from './windows.worker.js';
import type { WindowsStore } from './windows.store.js';

const idOf = (at: number): string => `00000000-0000-0000-0000-${String(at + 1).padStart(12, '0')}`;

/** So many windows wait for their end; each one's turns say how it takes it. */
function world(count: number, turnOf: (at: number, turn: number) => boolean | Error) {
  const closings: number[] = [];
  const open = new Set(Array.from({ length: count }, (_, at) => at));
  const store = {
    eventsToOpen: () => Promise.resolve([]),
    windowsToClose: (_database: unknown, _now: Date, afterId: string, limit: number) =>
      Promise.resolve(
        [...open]
          .map((at) => ({ id: idOf(at), eventId: idOf(at) }))
          .filter(({ id }) => id > afterId)
          .slice(0, limit),
      ),
  } as unknown as WindowsStore;
  const closing = {
    close: ({ id }: { id: string }) => {
      const at = Number(id.slice(-12)) - 1;
      closings.push(at);
      const outcome = turnOf(at, closings.filter((one) => one === at).length);
      if (outcome instanceof Error) return Promise.reject(outcome);
      if (outcome) open.delete(at);
      return Promise.resolve(outcome);
    },
  } as unknown as Closing;
  const logger = { warn: () => undefined, error: () => undefined } as unknown as Logger;
  const windows = {} as Windows;
  const sut = new WindowsWorker(logger, {} as Database, new MovableClock(), store, windows, closing);
  return { sut, closings, open };
}

describe('a round of the closings', () => {
  it('reaches what comes after any number of windows that cannot be closed', async () => {
    const { sut, open } = world(450, (at) => (at < 400 ? new Error('spoiled') : true));
    await sut.round();
    expect([...open]).toEqual(Array.from({ length: 400 }, (_, at) => at));
  });

  it('gives every window its turn before a huge one has its second, and tries no failed one again', async () => {
    const { sut, closings, open } = world(5, (at, turn) => {
      if (at === 1) return new Error('spoiled');
      return at === 0 ? turn === 3 : true;
    });
    await sut.round();
    expect(closings).toEqual([0, 1, 2, 3, 4, 0, 0]);
    expect([...open]).toEqual([1]);
  });

  it('ends although a window is never done', async () => {
    const { sut, closings } = world(1, () => false);
    await sut.round();
    expect(closings).toHaveLength(50);
  });
});
