import { Logger } from '@kraty/platform/logging';
import type { Boards } from '../boards/boards.service.js';
import type { Finalization } from './finalization.service.js';
import { Freezes } from './freezes.service.js';
import type { FreezesStore } from './freezes.store.js';

/** Freezes of boards `0` … `n - 1`, of which some do not come to an end. */
function world(boards: number, isStuck: (id: string) => boolean = () => false) {
  const pending = Array.from({ length: boards }, (_, at) => String(at).padStart(5, '0'));
  const tried: string[] = [];
  let [running, runningMax] = [0, 0];
  const finalize = async (id: string): Promise<void> => {
    runningMax = Math.max(runningMax, (running += 1));
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    tried.push(id);
    if (!isStuck(id)) pending.splice(pending.indexOf(id), 1);
    else if (Number(id) % 2 === 0) throw new Error('nobody knows its players');
  };
  const store = {
    add: () => Promise.resolve(),
    pending: (max: number, after: { id: string } | null) =>
      Promise.resolve(
        pending
          .filter((id) => after === null || id > after.id)
          .slice(0, max)
          .map((id) => ({ id, closedAt: '' })),
      ),
  };
  const known = { find: () => Promise.resolve({}) };
  const sut = new Freezes(
    known as unknown as Boards,
    { finalize } as unknown as Finalization,
    store as unknown as FreezesStore,
    Logger.silent(),
  );
  return { sut, pending, tried, runningMax: () => runningMax };
}

async function idle(turns = 5_000): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('freezes of boards', () => {
  it('of a whole window go on without a pause between, three at once', async () => {
    const { sut, pending, runningMax } = world(500);
    await sut.round();
    await idle();
    expect([pending.length, runningMax()]).toEqual([0, 3]);
  });

  it('go on although the first ones wait or fail, however many', async () => {
    const { sut, pending, tried } = world(1_500, (id) => Number(id) < 1_200);
    for (let round = 0; round < 5; round += 1) {
      await sut.round();
      await idle();
    }
    expect(pending).toHaveLength(1_200);
    // Those that are left are tried again.
    expect(tried.filter((id) => id === '00000').length).toBeGreaterThan(1);
  });

  it('that were told of at once are all begun, and none twice at once', async () => {
    const { sut, pending, tried } = world(50);
    await Promise.all(pending.map((leaderboardId) => sut.begin({ leaderboardId } as never)));
    await sut.round();
    await idle();
    expect([pending.length, tried.length]).toEqual([0, 50]);
  });

  it('begin no more once they are stopped', async () => {
    const { sut, tried } = world(500);
    await sut.round();
    await sut.stop();
    const before = tried.length;
    await sut.round();
    await idle();
    expect([before, tried.length]).toEqual([3, 3]);
  });
});
