/** A window with very many participants ends: how long until its board is frozen, how much memory, and is it right? */

import { Logger } from '@kraty/platform/logging';
import { Messenger, NatsLink } from '@kraty/platform/messaging';
import { eventBoardClosed } from '@kraty/contracts/events';
import { boardFinalized } from '@kraty/contracts/leaderboards';
import { CROWD_EVENT } from '../game.mjs';
import { between, read } from '../meters.mjs';
import { copies, inChunks, participant, scoreOfNumber, withDatabase } from './database.mjs';
import { boardWith } from './enter.mjs';
import { peakLines, withPeak } from './peak.mjs';

const GIVE_UP_MS = 15 * 60_000;
const LOOK_MS = 500;
const TELL_EVERY_SECONDS = 3;
const SECONDS_MAX = 120;
const SECONDS_GOAL = 60;
const MEMORY_MB_MAX = 512;

const ATTEMPTS = copies(
  'events.attempt',
  'row.leaderboard_id = $3',
  `'id', md5('attempt ' || n)::uuid, 'player_id', ${participant}, 'external_player_id', 'crowd-' || n,
   'status', case when n % 100 < $4 then 'in_progress' else 'completed' end,
   'score', ${scoreOfNumber}, 'best_score', ${scoreOfNumber},
   'best_at', row.started_at + make_interval(secs => n % 600), 'last_progress_at', row.started_at + make_interval(secs => n % 600),
   'progress_count', 1, 'metrics_raw', jsonb_build_object('shells', ${scoreOfNumber})`,
);
/** One row in a thousand has missed its last write: the freeze must bring it. */
const ENTRIES = copies(
  'leaderboards.board_entry',
  'row.leaderboard_id = $3',
  `'participant_id', ${participant}, 'score', case when n % 1000 = 0 then 0 else ${scoreOfNumber} end,
   'achieved_at', $4::timestamptz + make_interval(secs => n % 600), 'joined_only', n % 1000 = 0`,
);

/** @param {import('../run.mjs').Run} run @returns {Promise<import('../trials.mjs').TrialResult>} */
export async function trial(run) {
  const { system, options, progress } = run;
  const { participants, runningPercent } = options;
  const leaderboardId = await boardWith(run, CROWD_EVENT, 1);
  const link = await NatsLink.open({ url: system.natsUrl, name: 'bench' });
  try {
    return await withDatabase(system.databaseUrl, async (database) => {
      await progress.step(`seed ${participants} participants`, (note) =>
        seed(database, { leaderboardId, participants, runningPercent, note, tell: percentOf(progress, participants) }),
      );
      const heard = listen(new Messenger(link, Logger.silent()), leaderboardId);
      const before = read(system.processes);
      const { result: endedAt, peakMb } = await withPeak(system.processes, () =>
        progress.step('finalize', async (note) => {
          const { rows } = await database.query(
            `update events.event_window set ends_at = now() from events.event_board board
              where event_window.id = board.event_window_id and board.leaderboard_id = $1 returning ends_at`,
            [leaderboardId],
          );
          await watch(database, leaderboardId, heard, progress);
          note(`${secondsBetween(rows[0].ends_at, heard.finalizedAtMs)} s`);
          return rows[0].ends_at.getTime();
        }),
      );
      const { cpu } = between(before, read(system.processes));
      const wrong = await progress.step('check', () => check(database, leaderboardId, participants + 1));
      return resultOf({ endedAt, heard, peakMb, cpu, wrong, participants });
    });
  } finally {
    await link.close();
  }
}

/** @param {import('../../start/progress.mjs').Progress} progress @param {number} total */
function percentOf(progress, total) {
  return (/** @type {string} */ what) => (/** @type {number} */ done) => {
    const percent = Math.floor((done / total) * 100);
    if (percent % 25 === 0) progress.tell(`  ${what}: ${percent} %`);
  };
}

/** @param {import('pg').Client} database @param {any} wish */
async function seed(database, { leaderboardId, participants, runningPercent, note, tell }) {
  const since = performance.now();
  const { rows } = await database.query('select started_at from events.attempt where leaderboard_id = $1', [
    leaderboardId,
  ]);
  await inChunks(database, ATTEMPTS, [leaderboardId, runningPercent], participants, tell('attempts'));
  await inChunks(database, ENTRIES, [leaderboardId, rows[0].started_at], participants, tell('rows'));
  await database.query('vacuum (analyze) events.attempt, leaderboards.board_entry');
  note(`${Math.round(participants / ((performance.now() - since) / 1_000))}/s`);
}

/** @typedef {{ closedAtMs: number, finalizedAtMs: number }} Heard */

/** @param {Messenger} messenger @param {string} leaderboardId @returns {Heard} */
function listen(messenger, leaderboardId) {
  const heard = { closedAtMs: 0, finalizedAtMs: 0 };
  messenger.onFact(eventBoardClosed, ({ payload }) => {
    if (payload.leaderboardId === leaderboardId) heard.closedAtMs ||= Date.now();
  });
  messenger.onFact(boardFinalized, ({ payload }) => {
    if (payload.leaderboardId === leaderboardId) heard.finalizedAtMs ||= Date.now();
  });
  return heard;
}

/** A line whenever the work has moved on. */
async function watch(
  /** @type {import('pg').Client} */ database,
  /** @type {string} */ leaderboardId,
  /** @type {Heard} */ heard,
  /** @type {import('../../start/progress.mjs').Progress} */ progress,
) {
  const since = performance.now();
  let [toldAt, told] = [-TELL_EVERY_SECONDS, ''];
  while (heard.finalizedAtMs === 0) {
    if (performance.now() - since > GIVE_UP_MS) throw new Error('the board was not frozen within 15 minutes');
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const seconds = Math.floor((performance.now() - since) / 1_000);
    const stage = heard.closedAtMs === 0 ? 'attempts are being resolved' : await stageOf(database, leaderboardId);
    if (stage === told || seconds - toldAt < TELL_EVERY_SECONDS) continue;
    progress.tell(`  ${seconds} s: ${stage}`);
    [toldAt, told] = [seconds, stage];
  }
}

/** @param {import('pg').Client} database @param {string} leaderboardId */
async function stageOf(database, leaderboardId) {
  const { rows } = await database.query(
    'select standings_read as read, all_read as done from leaderboards.board_freeze where leaderboard_id = $1',
    [leaderboardId],
  );
  const [row] = rows;
  if (row === undefined) return 'the board is frozen';
  return row.done ? 'rows are being ranked' : `standings compared: ${row.read.toLocaleString('en-US')}`;
}

/** Everybody once, every rank once, in order, with the score of the attempts. @param {import('pg').Client} database */
async function check(database, /** @type {string} */ leaderboardId, /** @type {number} */ expected) {
  const { rows } = await database.query(
    `select count(*)::int as rows, min(entry.rank) as first, max(entry.rank) as last, count(distinct entry.participant_id)::int as participants,
            count(*) filter (where before.score is not null
              and (before.score, entry.achieved_at, before.participant_id) < (entry.score, before.achieved_at, entry.participant_id))::int as misplaced
       from leaderboards.leaderboard_entry entry
       left join leaderboards.leaderboard_entry before
         on before.leaderboard_id = entry.leaderboard_id and before.rank = entry.rank - 1
      where entry.leaderboard_id = $1`,
    [leaderboardId],
  );
  const { rows: scores } = await database.query(
    `select count(*)::int as wrong from leaderboards.leaderboard_entry entry join events.attempt attempt
         on attempt.leaderboard_id = entry.leaderboard_id and attempt.player_id = entry.participant_id
      where entry.leaderboard_id = $1 and entry.score <> coalesce(attempt.best_score, 0)`,
    [leaderboardId],
  );
  const found = { ...rows[0], wrongScores: scores[0].wrong };
  const right = { rows: expected, first: 1, last: expected, participants: expected, misplaced: 0, wrongScores: 0 };
  return Object.entries(right).flatMap(([what, value]) =>
    found[what] === value ? [] : [`${what}: ${found[what]} instead of ${value}`],
  );
}

/** @param {any} measured @returns {import('../trials.mjs').TrialResult} */
function resultOf({ endedAt, heard, peakMb, cpu, wrong, participants }) {
  const total = secondsBetween(endedAt, heard.finalizedAtMs);
  const resolving = secondsBetween(endedAt, heard.closedAtMs);
  const freezing = secondsBetween(heard.closedAtMs, heard.finalizedAtMs);
  const largest = Math.max(...Object.values(peakMb).map(Number));
  return {
    figures: { participants, seconds: { total, resolving, freezing }, peakMb, cpuSeconds: cpu },
    lines: [
      ['participants', participants.toLocaleString('en-US')],
      ['end of the window to the fact that the board is frozen', `${total} s`],
      ['  of it events: look for ended windows, resolve attempts', `${resolving} s`],
      ['  of it leaderboards: compare standings, rank, store', `${freezing} s`],
      ...peakLines(peakMb),
    ],
    targets: [
      { text: `frozen within ${SECONDS_MAX} s`, isMet: total <= SECONDS_MAX },
      { text: `frozen within ${SECONDS_GOAL} s (goal)`, isMet: total <= SECONDS_GOAL },
      { text: `no process above ${MEMORY_MB_MAX} MB`, isMet: largest <= MEMORY_MB_MAX },
    ],
    failures: wrong.length,
    examples: wrong,
  };
}

/** @param {Date | number} from @param {Date | number} until milliseconds */
function secondsBetween(from, until) {
  return Math.round((Number(until) - Number(from)) / 100) / 10;
}
