/** How many rows one leaderboards process writes a second, when scores wait for it. */

import { randomUUID } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { attemptScored } from '@kraty/contracts/events';
import { NO_BOT_EVENT } from '../game.mjs';
import { between, read } from '../meters.mjs';
import { withDatabase } from './database.mjs';
import { boardWith } from './enter.mjs';
import { shown } from './reads.mjs';

const ROWS_MIN = 10_000;
/** As many writes as the events service commits at once under load come in one envelope. */
const FACTS_AN_ENVELOPE = 64;
const STREAM = 'kraty-events';
const DURABLE = 'leaderboards--events-attempt-scored';
const LOOK_MS = 20;
const GIVE_UP_MS = 120_000;
/** Facts of so many players: neighbours in time are different rows. */
const PLAYERS_MAX = 20_000;

/** @param {import('../run.mjs').Run} run @returns {Promise<import('../trials.mjs').TrialResult>} */
export async function trial(run) {
  const { system, options, progress } = run;
  const leaderboardId = await boardWith(run, NO_BOT_EVENT, 1);
  const nats = await connect({ servers: system.natsUrl });
  try {
    const [board] = await withDatabase(system.databaseUrl, async (database) => {
      const sql = 'select * from leaderboards.board where leaderboard_id = $1';
      return (await database.query(sql, [leaderboardId])).rows;
    });
    const manager = await jetstreamManager(nats);
    const envelopes = [...envelopesOf(board, options.scores)];
    const before = read(system.processes);
    const since = performance.now();
    await progress.step(`apply ${options.scores} scores`, async (note) => {
      for (const { subject, text } of envelopes) nats.publish(subject, text);
      await nats.flush();
      await untilApplied(manager);
      note(`${Math.round(options.scores / ((performance.now() - since) / 1_000))}/s`);
    });
    const seconds = (performance.now() - since) / 1_000;
    const { cpu, elapsed } = between(before, read(system.processes));
    const wrong = await withDatabase(system.databaseUrl, (database) => check(database, leaderboardId, options.scores));
    const perSecond = options.scores / seconds;
    return {
      figures: { rows: options.scores, seconds, perSecond, cpuSeconds: cpu },
      lines: [
        ['rows', options.scores.toLocaleString('en-US')],
        ['rows a second', shown(perSecond, 0)],
        ['cores of leaderboards, PostgreSQL', `${shown(cpu.leaderboards / elapsed)}, ${shown(cpu.postgres / elapsed)}`],
      ],
      targets: [{ text: `at least ${shown(ROWS_MIN, 0)} rows/s`, isMet: perSecond >= ROWS_MIN }],
      failures: wrong.length,
      examples: wrong,
    };
  } finally {
    await nats.close();
  }
}

/** @param {any} board @param {number} count */
function* envelopesOf(board, count) {
  const players = Array.from({ length: Math.min(PLAYERS_MAX, count) }, () => [randomUUID(), randomUUID()]);
  const scope = { studioId: board.studio_id, gameId: board.game_id, environment: board.environment };
  const writtenAtMs = Date.now();
  for (let from = 0; from < count; from += FACTS_AN_ENVELOPE) {
    const subject = `${attemptScored.subject}.${(from / FACTS_AN_ENVELOPE) % attemptScored.partitions}`;
    const facts = Array.from({ length: Math.min(FACTS_AN_ENVELOPE, count - from) }, (_, at) => {
      const [playerId, attemptId] = players[(from + at) % players.length];
      const score = 1 + Math.floor((from + at) / players.length);
      const payload = {
        ...{ attemptId, playerId, leaderboardId: board.leaderboard_id },
        ...{ eventId: board.event_id, eventWindowId: board.event_window_id },
        ...{ score, bestScore: score, bestAtMs: writtenAtMs + score, scoreAtMs: writtenAtMs + score },
        writtenAtMs: writtenAtMs + score,
      };
      const occurredAt = new Date(writtenAtMs).toISOString();
      const about = { type: attemptScored.subject, scope, aggregateId: attemptId, revision: score, occurredAt };
      return { id: randomUUID(), ...about, payload };
    });
    yield { subject, text: JSON.stringify({ id: randomUUID(), subject, facts }) };
  }
}

/** @param {import('@nats-io/jetstream').JetStreamManager} manager */
async function untilApplied(manager) {
  const since = performance.now();
  while (performance.now() - since < GIVE_UP_MS) {
    const { num_pending: waiting, num_ack_pending: inHand } = await manager.consumers.info(STREAM, DURABLE);
    if (waiting + inHand === 0) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Error('the scores were not applied within two minutes');
}

/** Everybody stands with the last of their scores. @param {import('pg').Client} database */
async function check(database, /** @type {string} */ leaderboardId, /** @type {number} */ count) {
  const { rows } = await database.query(
    'select coalesce(sum(score), 0)::int as sum from leaderboards.board_entry where leaderboard_id = $1',
    [leaderboardId],
  );
  const players = Math.min(PLAYERS_MAX, count);
  const whole = Math.floor(count / players);
  const expected = players * whole + (count % players);
  return rows[0].sum === expected ? [] : [`the scores add up to ${rows[0].sum} instead of ${expected}`];
}
