/**
 * Measures the split system and the raw limits under it; prints tables and writes the figures as JSON.
 *
 *   npm run bench -- --help
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseOptions, USAGE } from './bench/options.mjs';
import { SCENARIO_NAMES } from './bench/scenarios.mjs';
import { build } from './build.mjs';
import { Progress } from './start/progress.mjs';

const progress = new Progress();

async function bench() {
  const options = parseOptions(process.argv.slice(2), SCENARIO_NAMES);
  if (options.help) return process.stdout.write(USAGE);
  const profile = options.profile === undefined ? undefined : resolve(options.profile);
  if (profile !== undefined) await mkdir(profile, { recursive: true });
  await progress.step('build', build);
  // They import what is built.
  const { runBench } = await import('./bench/run.mjs');
  const { failureCount, tablesOf } = await import('./bench/report.mjs');
  const startedAt = new Date();
  const figures = await runBench({ ...options, profile }, progress);
  const machine = { cores: availableParallelism(), processor: cpus()[0]?.model, node: process.version };
  const failures = failureCount(figures);
  const result = { startedAt, options, machine, verdict: failures === 0 ? 'ok' : 'failed', ...figures };
  await writeFile(options.json, `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`\n${tablesOf(figures, { withTargets: !options.quick })}\nWritten to ${options.json}.\n`);
  if (options.quick) process.stdout.write('A quick run shows that the bench works; its figures say nothing.\n');
  if (failures > 0) throw new Error(`${failures} calls failed, so the figures do not count.`);
}

bench().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
