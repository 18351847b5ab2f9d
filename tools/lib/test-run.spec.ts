import { jestArguments, secondLooks, summaryOf, withSecondLook } from './test-run.mjs';

const nothing = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numRuntimeErrorTestSuites: 0 };

const ran = (counts: object, code = 0) => ({ results: JSON.stringify({ ...nothing, ...counts }), code });

describe('the summary of a test run', () => {
  it('counts what passed and failed on one plain line', () => {
    const summary = summaryOf(ran({ numPassedTests: 12, numFailedTests: 1 }, 1));

    expect(summary).toEqual({ line: '12 passed, 1 failed', executed: 13, failed: 1, skipped: 0 });
  });

  it('names what was skipped', () => {
    expect(summaryOf(ran({ numPassedTests: 3, numPendingTests: 2 })).line).toBe('3 passed, 0 failed, 2 skipped');
  });

  it('counts a file that could not be loaded as a failure', () => {
    const summary = summaryOf(ran({ numPassedTests: 3, numRuntimeErrorTestSuites: 1 }, 1));

    expect(summary).toMatchObject({ line: '3 passed, 1 failed', failed: 1 });
  });

  it('is a failure when jest left no results', () => {
    expect(summaryOf({ results: undefined, code: 1 })).toMatchObject({ executed: 0, failed: 1 });
  });

  it.each([1, null])('is a failure when jest left with %s although no test failed', (code) => {
    expect(summaryOf({ ...ran({ numPassedTests: 3 }), code })).toMatchObject({ executed: 3, failed: 1 });
  });
});

describe('the arguments for jest', () => {
  it('pass on what was given, after our own', () => {
    const words = jestArguments({ given: ['libs/testing', '-t', 'ground'], resultsFile: '/r.json', cores: 2 });

    expect(words).toEqual(['--maxWorkers=2', '--json', '--outputFile=/r.json', 'libs/testing', '-t', 'ground']);
  });

  it('start no more workers than have ports of their own', () => {
    expect(jestArguments({ given: [], resultsFile: '/r.json', cores: 64 })).toContain('--maxWorkers=8');
  });

  it.each(['-i', '--runInBand', '-w=4', '--maxWorkers=1'])('leave the workers to whoever says %s', (option) => {
    const words = jestArguments({ given: [option], resultsFile: '/r.json', cores: 8 });

    expect(words).toEqual(['--json', '--outputFile=/r.json', option]);
  });
});

describe('the second look at a whole run', () => {
  const ranOut = 'Error: still failing after 30000 ms: expect(received).toHaveLength(expected)';
  const wrong = 'Error: expect(received).toBe(expected)';
  const counterexample = 'Error: Property failed after 12 tests';
  const hookRanOut = 'thrown: "Exceeded timeout of 120000 ms for a hook.';

  const failedIn = (name: string, fullName: string, ...failureMessages: string[]) => ({
    name: `/repository/${name}`,
    status: 'failed',
    message: '',
    assertionResults: [{ fullName, status: 'failed', failureMessages }],
  });
  const steady = [{ fullName: 'a board shows', status: 'passed', failureMessages: [] }];
  const passed = { name: '/repository/libs/a.spec.ts', status: 'passed', message: '', assertionResults: steady };
  const history = 'apps/leaderboards/src/history/history.medium.spec.ts';
  const looksAt = (files: object[], given: string[] = []) =>
    secondLooks({ given, results: JSON.stringify({ testResults: [passed, ...files] }), root: '/repository' });

  it.each([
    [history, 'the history of a board keeps a week', wrong],
    ['e2e/trace.spec.ts', 'a trace goes through all services', wrong],
    ['tools/start/start.medium.spec.ts', 'npm start comes up', ranOut],
    ['tools/bench/bench.spec.ts', 'the bench measures every scenario', ranOut],
    ['e2e/kill.spec.ts', 'every service is killed', hookRanOut],
    [history, 'fifty claims at once pay once', hookRanOut],
  ])('is taken at %s, where %s (%s)', (name, title, message) => {
    expect(looksAt([failedIn(name, title, message)])).toEqual([name]);
  });

  it.each([
    ['of pure rules', failedIn('apps/events/src/scoring/score.spec.ts', 'a score is capped', wrong)],
    ['of pure rules of a tool', failedIn('tools/demo/random.spec.ts', 'chance is even', wrong)],
    ['with a counterexample', failedIn('e2e/any-event.spec.ts', 'any event is played', ranOut, counterexample)],
    ['of races', failedIn('apps/a/src/override-races.medium.spec.ts', 'the row stays', ranOut)],
    ['of crashes', failedIn('e2e/freeze-kill.spec.ts', 'the board is frozen', ranOut)],
    ['with a race', failedIn('e2e/entry.spec.ts', 'a cost is taken once by five parallel starts', ranOut)],
    ['with a wrong answer beside a hook', failedIn(history, 'a score is counted twice', hookRanOut, wrong)],
    ['that could not be loaded', { ...failedIn('e2e/trace.spec.ts', ''), assertionResults: [], message: wrong }],
  ])('is not taken at a file %s, nor at others that failed beside it', (_, file) => {
    expect(looksAt([file])).toEqual([]);
    expect(looksAt([file, failedIn('e2e/trace.spec.ts', 'a trace goes through all services', ranOut)])).toEqual([]);
  });

  it('is taken at a file whose servers took too long to stop', () => {
    const file = { ...failedIn('e2e/trace.spec.ts', ''), message: hookRanOut, assertionResults: steady };
    expect(looksAt([file])).toEqual(['e2e/trace.spec.ts']);
  });

  it('is taken at no more files than an accident explains, and at none of a run of chosen files', () => {
    const files = ['a', 'b', 'c', 'd'].map((name) => failedIn(`e2e/${name}.spec.ts`, 'a board shows', ranOut));
    expect(looksAt(files.slice(1))).toHaveLength(3);
    expect(looksAt(files)).toEqual([]);
    expect(looksAt(files.slice(1), ['e2e'])).toEqual([]);
    expect(secondLooks({ given: [], results: undefined, root: '/repository' })).toEqual([]);
  });

  it('names the files that passed then, and changes nothing where one fails again', () => {
    const first = summaryOf(ran({ numPassedTests: 40, numFailedTests: 2, numPendingTests: 3 }, 1));
    const files = ['e2e/a.spec.ts', 'e2e/b.spec.ts'];
    expect(withSecondLook(first, summaryOf(ran({ numPassedTests: 5 })), files)).toMatchObject({
      line: '42 passed, 0 failed, 3 skipped, 2 unsteady: e2e/a.spec.ts e2e/b.spec.ts',
      executed: 42,
      failed: 0,
    });
    expect(withSecondLook(first, summaryOf(ran({ numPassedTests: 4, numFailedTests: 1 }, 1)), files)).toBe(first);
    expect(withSecondLook(first, summaryOf(ran({})), files)).toBe(first);
  });
});
