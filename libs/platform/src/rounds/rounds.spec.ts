import { Logger } from '../logging/index.js';
import { Rounds } from './index.js';

const logger = Logger.silent();

function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

describe('Rounds', () => {
  it('goes on after a round that failed', async () => {
    const third = gate();
    let rounds = 0;
    const round = async (): Promise<void> => {
      rounds += 1;
      if (rounds === 3) third.open();
      throw new Error('not now');
    };
    const sut = new Rounds({ name: 'test', everyMs: 1, round, logger });
    sut.start();
    await third.opened;
    await sut.stop();
    expect(rounds).toBeGreaterThanOrEqual(3);
  });

  it('begins at once where it is told so, however long its pauses are', async () => {
    const begun = gate();
    const round = async (): Promise<void> => begun.open();
    const sut = new Rounds({ name: 'test', everyMs: 60_000, firstAfterMs: 0, round, logger });
    sut.start();
    await begun.opened;
    await sut.stop();
  });

  it('asks for its pause anew after each round', async () => {
    const third = gate();
    const pausesMs = [1, 0, 1, 60_000, 60_000];
    let rounds = 0;
    const round = async (): Promise<void> => {
      rounds += 1;
      if (rounds === 3) third.open();
    };
    const sut = new Rounds({ name: 'test', everyMs: () => pausesMs.shift() ?? 0, round, logger });
    sut.start();
    await third.opened;
    await sut.stop();
    expect([rounds, pausesMs]).toEqual([3, [60_000]]);
  });

  it('waits for the round in hand when it is stopped', async () => {
    const begun = gate();
    const work = gate();
    let finished = false;
    const round = async (): Promise<void> => {
      begun.open();
      await work.opened;
      finished = true;
    };
    const sut = new Rounds({ name: 'test', everyMs: 1, round, logger });
    sut.start();
    await begun.opened;
    const stopping = sut.stop();
    expect(finished).toBe(false);
    work.open();
    await stopping;
    expect(finished).toBe(true);
  });
});
