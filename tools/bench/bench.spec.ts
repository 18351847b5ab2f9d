import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { failureCount, tablesOf } from './report.mjs';
import { parseOptions } from './options.mjs';
import { LIMITS, SCENARIO_NAMES, SCENARIOS } from './scenarios.mjs';
import { Latencies } from './client/latencies.mjs';
import { Tally } from './client/tally.mjs';
import { TRIALS } from './trials.mjs';
import { Worker } from './worker.mjs';

const bench = fileURLToPath(new URL('../bench.mjs', import.meta.url));
/** Far more than it takes, also where other tests run beside it. */
const withinMs = 600_000;

const measured = {
  calls: 100,
  seconds: 2,
  perSecond: 50,
  latencyMs: { p50: 1, p95: 2, p99: 3, max: 4 },
  failures: 0,
  examples: [],
  cpuMicrosecondsPerCall: { gateway: 120 },
  coresUsed: { gateway: 0.5, elsewhere: 0.1 },
  memoryMb: { gateway: 99 },
};

describe('the bench', () => {
  it(
    'measures every scenario and every raw limit on a system of its own',
    async () => {
      const directory = await mkdtemp(join(tmpdir(), 'kraty-bench-spec-'));
      try {
        const json = join(directory, 'result.json');
        await promisify(execFile)(process.execPath, [bench, '--quick', '--json', json], {
          timeout: withinMs,
          env: { ...process.env, NODE_OPTIONS: '' },
        });
        const result = JSON.parse(await readFile(json, 'utf8'));
        expect(result).toMatchObject({ verdict: 'ok', options: { quick: true } });
        for (const { name } of SCENARIOS) expect(result.scenarios[name]).toMatchObject({ failures: 0 });
        for (const { name } of TRIALS) expect(result.trials[name]).toMatchObject({ failures: 0 });
        expect(Object.keys(result.limits)).toEqual(LIMITS.map(({ name }) => name));
        expect(result.scenarios.progress.cpuMicrosecondsPerCall).toHaveProperty('gateway');
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
    withinMs,
  );
});

describe('its options', () => {
  it('takes what the usage says', () => {
    const options = parseOptions(['--seconds', '3', '--connections', '64', '--only', 'board'], SCENARIO_NAMES);
    expect(options).toMatchObject({ seconds: 3, connections: 64, only: ['board'], quick: false });
  });

  it('refuses a load without bound and a scenario that does not exist', () => {
    expect(() => parseOptions(['--connections', '5000'], SCENARIO_NAMES)).toThrow('at most 256');
    expect(() => parseOptions(['--seconds', 'long'], SCENARIO_NAMES)).toThrow('above 0');
    expect(() => parseOptions(['--only', 'raids'], SCENARIO_NAMES)).toThrow('no scenario raids');
  });
});

describe('its report', () => {
  it('says what was not measured, and compares with the raw limit', () => {
    const limits = { sql: { ...measured, perSecond: 100 } };
    const text = tablesOf(
      { scenarios: { progress: measured, 'progress-rate': measured }, limits, trials: {} },
      { withTargets: true },
    );
    expect(text).toMatch(/^progress +50 .*0\.50 of sql$/m);
    expect(text).toMatch(/^claim +not measured/m);
    expect(text).toContain('MISSED   progress: at least 3,000/s');
    expect(text).toContain('reached  progress, fixed rate: p99 at most 60 ms');
  });

  it('keeps its lines within a hundred columns, whatever the number of processes', () => {
    const names = [...'abcdefghijklm'].map((letter) => `process-${letter}`);
    const each = Object.fromEntries(names.map((name) => [name, 1_234.5]));
    const busy = { ...measured, perSecond: 12_345, cpuMicrosecondsPerCall: each, coresUsed: each, memoryMb: each };
    const scenarios = Object.fromEntries(SCENARIOS.map(({ name }) => [name, busy]));
    const limits = Object.fromEntries(LIMITS.map(({ name }) => [name, busy]));
    const text = tablesOf({ scenarios, limits, trials: {} }, { withTargets: true });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    for (const name of names) expect(text).toContain(name);
  });

  it('counts failed calls and shows examples', () => {
    const failed = { ...measured, failures: 2, examples: ['GET /x answered 500'] };
    const figures = { scenarios: { board: failed }, limits: {}, trials: {} };
    expect(failureCount(figures)).toBe(2);
    expect(tablesOf(figures, { withTargets: false })).toContain('GET /x answered 500');
  });
});

describe('its latencies', () => {
  it('keeps percentiles within a hundredth of a millisecond', () => {
    const latencies = new Latencies();
    for (let ms = 1; ms <= 1_000; ms += 1) latencies.add(ms);
    const { p50, p95, p99, max } = latencies.summary();
    expect([p50, p95, p99].map((ms) => Math.round(ms))).toEqual([500, 950, 990]);
    expect(max).toBe(1_000);
  });
});

describe('its count', () => {
  const tell = { measuring: () => undefined, measured: () => undefined };
  const callsOf = (run: (sut: Tally) => void) => {
    const sut = new Tally(tell);
    sut.begin();
    run(sut);
    return sut.result().calls;
  };

  it('ends with the time, or with the first call where none was answered in it', () => {
    const inTime = callsOf((sut) => (sut.succeeded(5), sut.endCounted(), sut.succeeded(2_000)));
    const late = callsOf((sut) => (sut.endCounted(), sut.succeeded(2_000), sut.succeeded(2_001)));
    expect([inTime, late]).toEqual([1, 1]);
  });
});

describe('its load process', () => {
  it('is heard out, also when it says all at once', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'kraty-bench-spec-'));
    const file = join(directory, 'hasty.mjs');
    const words = [{ moment: 'measuring' }, { moment: 'measured' }, { result: { calls: 1 } }];
    await writeFile(
      file,
      `process.on('message', () => ${JSON.stringify(words)}.forEach((word) => process.send(word)));
      process.on('disconnect', () => process.exit());
      process.send({ ready: true });`,
    );
    const sut = await Worker.start(pathToFileURL(file).href);
    const heard: string[] = [];
    const moments = { onMeasuring: () => heard.push('measuring'), onMeasured: () => heard.push('measured') };
    expect(await sut.run({}, moments)).toEqual({ calls: 1 });
    expect(heard).toEqual(['measuring', 'measured']);
    await sut.stop();
    await rm(directory, { recursive: true });
  });
});
