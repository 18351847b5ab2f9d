import { EventEmitter } from 'node:events';
import { interruption, watchParent } from './interruption.mjs';

describe('an interruption', () => {
  let source: EventEmitter;
  let nowMs: number;
  let again: number;
  let sut: ReturnType<typeof interruption>;

  beforeEach(() => {
    source = new EventEmitter();
    nowMs = 1_000;
    again = 0;
    sut = interruption({ source, nowMs: () => nowMs, onAgain: () => (again += 1) });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('is asked for by %s', (signal) => {
    source.emit(signal);
    expect(sut.signal.aborted).toBe(true);
    expect(again).toBe(0);
  });

  it('is asked for once when npm passes on what the terminal sent already', () => {
    source.emit('SIGINT');
    nowMs += 5;
    source.emit('SIGINT');
    expect(again).toBe(0);
  });

  it('is insisted on by a second Ctrl-C', () => {
    source.emit('SIGINT');
    nowMs += 400;
    source.emit('SIGINT');
    expect(again).toBe(1);
  });
});

describe('the watch over npm', () => {
  const orphaned = (variables: Record<string, string>, parents: number[]) =>
    new Promise<string>((resolve) => {
      const parentPid = () => (parents.length > 1 ? parents.shift() : parents[0]) ?? 1;
      const timer = watchParent({ variables, parentPid, onOrphaned: () => resolve('orphaned') });
      if (timer === undefined) resolve('not watched');
      else timer.ref();
    });

  it('notices when npm is gone', async () => {
    expect(await orphaned({ npm_lifecycle_event: 'start' }, [500, 500, 1])).toBe('orphaned');
  });

  it('does not mind that a script which started us has ended', async () => {
    expect(await orphaned({}, [500, 1])).toBe('not watched');
  });
});
