import { pauseMs, Supervised } from './supervised.mjs';

/** Something that can die on command. */
function mortal(pid: number) {
  let die: (how: string) => void = () => undefined;
  const exited = new Promise<string>((resolve) => (die = resolve));
  const stopped: string[] = [];
  const end = (how: string) => async () => void stopped.push(how);
  return { pid, url: '', exited, die: (how: string) => die(how), stopped, stop: end('stop'), kill: end('kill') };
}

describe('Supervised', () => {
  let lives: ReturnType<typeof mortal>[];
  let told: string[];
  let heard: () => void;
  const silence = (count: number) =>
    new Promise<void>((resolve) => {
      heard = () => (told.length >= count ? resolve() : undefined);
      heard();
    });

  function supervised(start: (life: number) => Promise<ReturnType<typeof mortal>>) {
    return new Supervised({
      name: 'economy',
      start: async () => {
        const life = await start(lives.length + 1);
        lives.push(life);
        return life;
      },
      tell: (text: string) => {
        told.push(text);
        heard();
      },
    });
  }

  beforeEach(() => {
    lives = [];
    told = [];
    heard = () => undefined;
  });

  it('starts again what died, and says so', async () => {
    const sut = supervised(async (life) => mortal(life));
    await sut.begin();
    lives[0]?.die('signal SIGKILL');
    await silence(2);
    expect(told).toEqual([
      'economy ended (signal SIGKILL); it is started again in 0.1 s.',
      'economy runs again (process 2).',
    ]);
    await sut.stop();
    expect(lives[1]?.stopped).toEqual(['stop']);
  });

  it('tries until a start succeeds', async () => {
    let tries = 0;
    const sut = supervised(async (life) => {
      tries += 1;
      if (tries === 2) throw new Error('not yet\nwith a stack');
      return mortal(life);
    });
    await sut.begin();
    lives[0]?.die('exit code 1');
    await silence(3);
    expect(told[1]).toBe('economy ended (not yet); it is started again in 0.2 s.');
    await sut.stop();
  });

  it('leaves in peace what it stopped itself', async () => {
    const sut = supervised(async (life) => mortal(life));
    await sut.begin();
    await sut.stop();
    lives[0]?.die('exit code 0');
    await lives[0]?.exited;
    expect(told).toEqual([]);
  });

  it('does not start again what died just before the stop', async () => {
    const sut = supervised(async (life) => mortal(life));
    await sut.begin();
    lives[0]?.die('signal SIGKILL');
    await silence(1);
    await sut.stop();
    expect(lives).toHaveLength(1);
  });

  it('leaves the failure of the first start to the caller', async () => {
    const sut = supervised(async () => Promise.reject(new Error('port busy')));
    await expect(sut.begin()).rejects.toThrow('port busy');
    await sut.stop();
  });

  it('waits ever longer, and never longer than ten seconds', () => {
    expect([1, 2, 3, 8, 100].map(pauseMs)).toEqual([100, 200, 400, 10_000, 10_000]);
  });
});
