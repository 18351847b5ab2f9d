/** What is told when all is over: the board, the payouts, the calls, and whether all answers hold. */

import { bar } from './progress-bar.mjs';
import { count, counted } from './style.mjs';

const NAME_WIDTH_MAX = 26;
const SCORE_BAR_WIDTH = 30;
const SHOWN_A_CHECK = 10;
const FIGURE_WIDTH = 9;
const STATUS_ORDER = /^\d/;

/** @typedef {import('./style.mjs').Style} Style */
/** @typedef {{ name: string, score: number, rank: number, isOurs: boolean }} Row */
/** @typedef {{ event: string, players: number, rows: Row[] }} BoardTop */

/** @param {string} title @param {Style} style */
const heading = (title, style) => ['', `  ${style.bold(title)}`];

/** @param {BoardTop[]} boards most players first @param {Style} style @returns {string[]} */
export function boardLines(boards, style) {
  const [first, ...others] = boards;
  if (first === undefined) return [];
  const top = Math.max(...first.rows.map(({ score }) => score), 1);
  const width = Math.min(NAME_WIDTH_MAX, Math.max(...first.rows.map(({ name }) => name.length)));
  const digits = Math.max(...first.rows.map(({ score }) => count(score).length));
  const rows = first.rows.map(({ rank, name, score, isOurs }) => {
    const shown = name.slice(0, width).padEnd(width);
    const length = bar(Math.max(0, score) / top, SCORE_BAR_WIDTH).trimEnd();
    return `  ${String(rank).padStart(4)}  ${isOurs ? shown : style.dim(shown)}  ${count(score).padStart(digits)}  ${style.cyan(length)}`;
  });
  const led = others.flatMap(({ event, players, rows: [leader] }) =>
    leader === undefined
      ? []
      : [
          style.dim(
            `        ${event}: ${counted(players, 'player')}, led by ${leader.name} with ${count(leader.score)}`,
          ),
        ],
  );
  return [
    ...heading(`${first.event} · top of the board, ${counted(first.players, 'player')} of this run`, style),
    ...rows,
    ...led,
  ];
}

/** @param {import('./payouts.mjs').Payout[]} payouts @param {(eventKey: string) => string} nameOf @param {Style} style @returns {string[]} */
export function payoutLines(payouts, nameOf, style) {
  const names = payouts.map(({ event }) => nameOf(event).slice(0, NAME_WIDTH_MAX));
  const width = Math.max(...names.map((name) => name.length), 0);
  const before = INDENT + width + 4 * FIGURE_WIDTH + 3;
  const rows = payouts.flatMap(({ attempts, completed, claimed, waiting, amounts }, index) => {
    const cells = [attempts, completed, claimed, waiting].map((value) => count(value).padStart(FIGURE_WIDTH)).join('');
    const paid = [...amounts].map(([key, amount]) => `${count(amount)} ${key}`);
    const [first = style.dim('–'), ...rest] = broken(paid, LINE_WIDTH - before);
    const line = `  ${/** @type {string} */ (names[index]).padEnd(width)}${cells}   ${first}`;
    return [line, ...rest.map((text) => ' '.repeat(before) + text)];
  });
  const titles = ['attempts', 'complete', 'claimed', 'waiting'].map((title) => title.padStart(FIGURE_WIDTH)).join('');
  return [
    ...heading('Payouts by event', style),
    style.dim(`  ${' '.repeat(width)}${titles}   amounts claimed`),
    ...rows,
  ];
}

/** @param {import('./statistics.mjs').Statistics} statistics @param {number} seconds @param {Style} style @returns {string[]} */
export function callLines({ answers, deeds, latencies, calls, retries }, seconds, style) {
  const list = (/** @type {[string, number][]} */ entries) =>
    entries.map(([name, times]) => `${style.dim(name)} ${count(times)}`);
  const byStatus = [...answers].toSorted(([a], [b]) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
  const byTimes = [...deeds].toSorted(([, a], [, b]) => b - a);
  const ms = (/** @type {number} */ value) => `${value.toFixed(1)} ms`;
  const [p50, p95] = [latencies.percentile(0.5), latencies.percentile(0.95)].map(ms);
  const rate = count(Math.round(calls / Math.max(seconds, 1)));
  return [
    ...heading(
      `${counted(calls, 'call')} in ${seconds.toFixed(1)} s · ${rate}/s · ${counted(retries, 'retry', 'retries')}`,
      style,
    ),
    ...wrapped(list(byStatus)),
    `  ${style.dim('p50')} ${p50}  ${style.dim('p95')} ${p95}  ${style.dim('slowest')} ${ms(latencies.maxMs)}`,
    ...heading('What the players did', style),
    ...wrapped(list(byTimes)),
  ];
}

/** Statuses in their order, other endings last. @param {string} answer */
function rankOf(answer) {
  return STATUS_ORDER.test(answer) ? Number(answer) : Infinity;
}

/** Of the terminals most people have, so that no line wraps. */
const LINE_WIDTH = 100;
const INDENT = 2;
const GAP = 2;

/** @param {string[]} cells @returns {string[]} lines of as many cells as fit, read downwards */
function wrapped(cells) {
  const width = Math.max(...cells.map(visible), 0) + GAP;
  const columns = Math.max(1, Math.floor((LINE_WIDTH - INDENT + GAP) / width));
  const lines = Math.ceil(cells.length / columns);
  return Array.from({ length: lines }, (_, line) => {
    const own = cells.filter((__, index) => index % lines === line);
    return `  ${own.map((cell) => cell + ' '.repeat(width - visible(cell))).join('')}`.trimEnd();
  });
}

/** What stands beside a column goes on below it. @param {string[]} words @param {number} width @returns {string[]} */
function broken(words, width) {
  /** @type {string[]} */
  const lines = [];
  for (const word of words) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} · ${word}`;
    if (last !== undefined && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** @param {string} text */
function visible(text) {
  return text
    .split('\x1b[')
    .reduce((sum, part, index) => sum + part.length - (index > 0 ? part.indexOf('m') + 1 : 0), 0);
}

/**
 * @param {import('./findings.mjs').Findings} findings
 * @param {string | undefined} noLedger why the ledger itself was not compared
 * @param {Style} style @returns {string[]}
 */
export function verdictLines(findings, noLedger, style) {
  const checks = findings.all();
  const width = Math.max(...checks.map(({ passed }) => count(passed).length), 1);
  const lines = checks.flatMap(({ label, passed, failed, texts }) => {
    const times = count(passed).padStart(width);
    if (failed === 0) return [`  ${style.green('✓')} ${times}  ${label}`];
    const shown = texts.slice(0, SHOWN_A_CHECK).map((text) => `      ${text}`);
    const more = failed > shown.length ? [style.dim(`      and ${count(failed - shown.length)} more`)] : [];
    return [`  ${style.red('✗')} ${times}  ${label}: ${style.red(`${count(failed)} did not hold`)}`, ...shown, ...more];
  });
  const ledger =
    noLedger && `  ${style.yellow('–')} ledger compared through wallet and inventory reads only: ${noLedger}`;
  const verdict =
    findings.failed === 0
      ? style.bold(style.green('all answers hold'))
      : style.bold(style.red(`${counted(findings.failed, 'answer')} did not hold`));
  return [
    ...heading('What the players were told, and what is stored', style),
    ...lines,
    ...(ledger ? [ledger] : []),
    '',
    verdict,
  ];
}
