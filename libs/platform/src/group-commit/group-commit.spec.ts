import { GroupCommit, type Settled } from './group-commit.js';

interface Command {
  key: string;
  value: number;
}

function committing(
  write: (batch: Command[]) => Promise<Settled<number>[]>,
  options: { batchMax?: number; waitingMax?: number } = {},
) {
  const { batchMax = 4, waitingMax = 100 } = options;
  return new GroupCommit<Command, number>({ lanes: 2, batchMax, waitingMax, keyOf: ({ key }) => key, write });
}

const values = (batch: Command[]): Settled<number>[] => batch.map(({ value }) => ({ ok: true, value }));
const commands = (count: number): Command[] => Array.from({ length: count }, (_, value) => ({ key: 'one', value }));

describe('a group commit', () => {
  it('writes what waits together, in order and within the bound', async () => {
    const batches: number[][] = [];
    const sut = committing(async (batch) => {
      batches.push(batch.map(({ value }) => value));
      return values(batch);
    });
    await expect(Promise.all(commands(6).map((command) => sut.submit(command)))).resolves.toEqual([0, 1, 2, 3, 4, 5]);
    expect(batches).toEqual([
      [0, 1, 2, 3],
      [4, 5],
    ]);
  });

  it('never has two batches of one key in flight', async () => {
    let inFlight = 0;
    let most = 0;
    const sut = committing(async (batch) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight -= 1;
      return values(batch);
    });
    await Promise.all(commands(20).map((command) => sut.submit(command)));
    expect(most).toBe(1);
  });

  it('tries the commands of a failed batch alone, so that one cannot fail the others', async () => {
    const sut = committing(async (batch) => {
      if (batch.some(({ value }) => value === 2)) throw new Error('refused');
      return values(batch);
    });
    const settled = await Promise.allSettled(commands(4).map((command) => sut.submit(command)));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  });

  it('does not try alone what cannot succeed now', async () => {
    let writes = 0;
    const sut = committing(async () => {
      writes += 1;
      throw Object.assign(new Error('gone'), { code: 'ECONNREFUSED' });
    });
    const settled = await Promise.allSettled(commands(4).map((command) => sut.submit(command)));
    expect([writes, settled.every(({ status }) => status === 'rejected')]).toEqual([1, true]);
  });

  it('tells a caller that it is busy instead of queueing without end', async () => {
    const sut = committing(async (batch) => values(batch), { waitingMax: 3 });
    const settled = await Promise.allSettled(commands(5).map((command) => sut.submit(command)));
    expect(settled.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    expect((settled[4] as PromiseRejectedResult).reason).toMatchObject({ code: 'internal_error', status: 503 });
  });
});
