import { jestArguments, summaryOf } from './test-run.mjs';

const results = (counts: object) =>
  JSON.stringify({ numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numRuntimeErrorTestSuites: 0, ...counts });

describe('the summary of a test run', () => {
  it('counts what passed and failed on one plain line', () => {
    const summary = summaryOf(results({ numPassedTests: 12, numFailedTests: 1 }));

    expect(summary).toEqual({ line: '12 passed, 1 failed', executed: 13, failed: 1 });
  });

  it('names what was skipped', () => {
    expect(summaryOf(results({ numPassedTests: 3, numPendingTests: 2 })).line).toBe('3 passed, 0 failed, 2 skipped');
  });

  it('counts a file that could not be loaded as a failure', () => {
    const summary = summaryOf(results({ numPassedTests: 3, numRuntimeErrorTestSuites: 1 }));

    expect(summary).toMatchObject({ line: '3 passed, 1 failed', failed: 1 });
  });

  it('is a failure when jest left no results', () => {
    expect(summaryOf(undefined)).toMatchObject({ executed: 0, failed: 1 });
  });
});

describe('the arguments for jest', () => {
  it('pass on what was given, after our own', () => {
    const words = jestArguments({ given: ['libs/testing', '-t', 'ground'], resultsFile: '/r.json', cores: 2 });

    expect(words).toEqual(['--maxWorkers=2', '--json', '--outputFile=/r.json', 'libs/testing', '-t', 'ground']);
  });

  it.each(['-i', '--runInBand', '-w=4', '--maxWorkers=1'])('leave the workers to whoever says %s', (option) => {
    const words = jestArguments({ given: [option], resultsFile: '/r.json', cores: 8 });

    expect(words).toEqual(['--json', '--outputFile=/r.json', option]);
  });
});
