/** The figures as people read them. What was not measured is said so. */

import { LIMITS, SCENARIOS } from './scenarios.mjs';
import { TRIALS } from './trials.mjs';

const NOT_MEASURED = 'not measured';
const RATES_HEAD = ['', '/s', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms', 'failed', 's', 'of raw'];
/** Of the terminals most people have, so that no line wraps. */
const LINE_WIDTH = 100;
const GAP = '  ';
const RAW_LABEL_WIDTH = 10;

/** @typedef {import('./measurement.mjs').Measurement} Measurement */
/** @typedef {import('./run.mjs').Figures} Figures */
/** @typedef {{ what: string, figures: Measurement | undefined }} Row */
/** @typedef {import('./trials.mjs').TrialResult} TrialResult */

/** @param {Figures} figures @param {{ withTargets: boolean }} options @returns {string} */
export function tablesOf(figures, { withTargets }) {
  const raw = LIMITS.map((limit) => ({ ...limit, what: rawLabel(limit) }));
  const rows = [...rowsOf(SCENARIOS, figures.scenarios), ...rowsOf(raw, figures.limits)];
  const processes = [...new Set(rows.flatMap((row) => Object.keys(row.figures?.coresUsed ?? {})))];
  const cpu = rows.map((row) => [row.what, ...byProcess(processes, row.figures?.cpuMicrosecondsPerCall, 0)]);
  const cores = rows.map((row) => [row.what, ...byProcess(processes, row.figures?.coresUsed, 2)]);
  const memory = rows.map((row) => [row.what, ...byProcess(processes, row.figures?.memoryMb, 0)]);
  return [
    table([
      RATES_HEAD,
      ...SCENARIOS.map((one) => rateRow(one, figures)),
      ...LIMITS.map((one) => limitRow(one, figures)),
    ]),
    `${LIMITS.map((limit) => `${rawLabel(limit).padEnd(RAW_LABEL_WIDTH)} ${limit.what}`).join('\n')}\n\n`,
    titled('Processor time per call, µs', [['', ...processes], ...cpu]),
    titled('Cores used ("elsewhere": processes that are not part of the bench)', [['', ...processes], ...cores]),
    titled('Memory at the end, MB', [['', ...processes], ...memory]),
    ...TRIALS.map(({ name, what }) => trialTable(what, figures.trials[name])),
    withTargets ? targets(figures) : '',
    failures(rows),
    ...TRIALS.map(({ name, what }) => failures([{ what, figures: figures.trials[name] }])),
  ].join('');
}

/** @param {Figures} figures */
export function failureCount({ scenarios, limits, trials }) {
  return [scenarios, limits, trials]
    .flatMap((some) => Object.values(some))
    .reduce((sum, one) => sum + (one?.failures ?? 0), 0);
}

/** @param {{ name: string, what: string }[]} list @param {Record<string, Measurement | undefined>} figures @returns {Row[]} */
function rowsOf(list, figures) {
  return list.map(({ name, what }) => ({ what, figures: figures[name] })).filter((row) => row.figures !== undefined);
}

/** @param {import('./scenarios.mjs').Scenario} scenario @param {Figures} figures */
function rateRow({ name, what, limit }, { scenarios, limits }) {
  const one = scenarios[name];
  const raw = limits[limit];
  if (one === undefined) return [what, NOT_MEASURED];
  const ratio = raw === undefined ? NOT_MEASURED : `${number(one.perSecond / raw.perSecond, 2)} of ${limit}`;
  return [...rate(what, one), ratio];
}

/** @param {{ name: string }} limit */
function rawLabel({ name }) {
  return `raw ${name}`;
}

/** @param {{ name: string }} limit @param {Figures} figures */
function limitRow({ name }, { limits }) {
  const one = limits[name];
  const label = rawLabel({ name });
  return one === undefined ? [label, NOT_MEASURED] : [...rate(label, one), '1'];
}

/** @param {string} what @param {Measurement} one */
function rate(what, { perSecond, latencyMs, failures: failed, seconds }) {
  const { p50, p95, p99, max } = latencyMs;
  const times = [p50, p95, p99, max].map((ms) => number(ms, 1));
  return [what, number(perSecond, 0), ...times, number(failed, 0), number(seconds, 1)];
}

/** @param {string[]} processes @param {Record<string, number> | undefined} values @param {number} decimals */
function byProcess(processes, values, decimals) {
  return processes.map((name) => (values?.[name] === undefined ? '-' : number(values[name], decimals)));
}

/** @param {string} what @param {TrialResult | undefined} result */
function trialTable(what, result) {
  return result === undefined ? '' : titled(what, result.lines);
}

/** @param {Figures} figures */
function targets({ scenarios, trials }) {
  const ofTrials = TRIALS.flatMap(({ name, what }) =>
    (trials[name]?.targets ?? []).map(({ text, isMet }) => verdict(`${what}: ${text}`, isMet)),
  );
  const ofScenarios = SCENARIOS.flatMap(({ name, what, target }) => {
    const one = scenarios[name];
    if (one === undefined) return [];
    const { perSecond, p99Ms } = target ?? {};
    const rates =
      perSecond === undefined
        ? []
        : [verdict(`${what}: at least ${number(perSecond, 0)}/s`, one.perSecond >= perSecond)];
    const times = p99Ms === undefined ? [] : [verdict(`${what}: p99 at most ${p99Ms} ms`, one.latencyMs.p99 <= p99Ms)];
    return [...rates, ...times];
  });
  return [...ofScenarios, ...ofTrials].join('');
}

/** @param {string} what @param {boolean} isMet */
function verdict(what, isMet) {
  return `${isMet ? 'reached' : 'MISSED '}  ${what}\n`;
}

/** @param {{ what: string, figures: Pick<TrialResult, 'failures' | 'examples'> | undefined }[]} rows */
function failures(rows) {
  const failed = rows.filter((row) => (row.figures?.failures ?? 0) > 0);
  const lines = failed.map(({ what, figures }) => [
    `FAILED  ${what}: ${figures?.failures} calls`,
    ...(figures?.examples ?? []),
  ]);
  return lines.map((some) => `${some.join('\n        ')}\n`).join('');
}

/** @param {string} title @param {string[][]} rows */
function titled(title, rows) {
  return `${title}\n${table(rows)}`;
}

/**
 * The first column to the left, figures to the right. What is too wide for a line goes on in a second table below.
 * @param {string[][]} rows
 */
function table(rows) {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const lines = partsOf(widths).flatMap((part) => rows.map((row) => lineOf(row, part, widths)));
  return `${lines.join('\n')}\n\n`;
}

/** Which columns stand beside each other, the first one always. @param {number[]} widths @returns {number[][]} */
function partsOf([first = 0, ...widths]) {
  /** @type {number[][]} */
  const parts = [];
  let left = 0;
  widths.forEach((width, at) => {
    if (left < GAP.length + width || parts.length === 0) {
      parts.push([]);
      left = LINE_WIDTH - first;
    }
    parts.at(-1)?.push(at + 1);
    left -= GAP.length + width;
  });
  return parts;
}

/** @param {string[]} row @param {number[]} part @param {number[]} widths */
function lineOf(row, part, widths) {
  const cells = part.map((at) => (row[at] ?? '').padStart(widths[at] ?? 0));
  return [(row[0] ?? '').padEnd(widths[0] ?? 0), ...cells].join(GAP).trimEnd();
}

/** @param {number} value @param {number} decimals */
function number(value, decimals) {
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
