import type { Clock } from '@kraty/platform/clock';
import type { Outbox } from '@kraty/platform/facts';
import type { Database } from '@kraty/platform/persistence';
import type { DefinitionsStore } from '../definitions/definitions.store.js';
import type { BoardsStore } from '../placement/boards.store.js';
import { Windows } from './windows.service.js';
import type { WindowsStore } from './windows.store.js';

/** A database whose transactions end when the spec says so. */
function world() {
  const endings: ((error?: Error) => void)[] = [];
  const database = {
    transaction: () =>
      new Promise((resolve, reject) =>
        endings.push((error) => (error === undefined ? resolve({ envelopes: [] }) : reject(error))),
      ),
  } as unknown as Database;
  const outbox = { carry: () => Promise.resolve() } as unknown as Outbox;
  const nothing = {} as never;
  const sut = new Windows(
    database,
    nothing as Clock,
    outbox,
    nothing as DefinitionsStore,
    nothing as WindowsStore,
    nothing as BoardsStore,
  );
  return { sut, endings };
}

describe('ensuring the windows of an event', () => {
  it('is done once for all who ask at the same time', async () => {
    const { sut, endings } = world();
    const asking = Array.from({ length: 500 }, () => sut.ensure('daily'));
    const other = sut.ensure('weekly');
    expect(endings).toHaveLength(2);
    for (const end of endings) end();
    await Promise.all([...asking, other]);
    const again = sut.ensure('daily');
    expect(endings).toHaveLength(3);
    endings[2]!();
    await again;
  });

  it('fails for all of them, and is tried anew by the next', async () => {
    const { sut, endings } = world();
    const asking = [sut.ensure('daily'), sut.ensure('daily')];
    endings[0]!(new Error('the database is away'));
    for (const one of await Promise.allSettled(asking)) expect(one.status).toBe('rejected');
    void sut.ensure('daily');
    expect(endings).toHaveLength(2);
  });
});
