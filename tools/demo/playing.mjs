/** One attempt at one event: begun, reported on, and completed, finished or left where it stands. */

import { applied, capped, sameValues, untouched } from './attempt-model.mjs';
import { entryChanges } from './memory.mjs';
import { misbehave } from './mischief.mjs';
import { peek } from './peeking.mjs';
import { write } from './repeating.mjs';
import { nextReport } from './reports.mjs';

/** Reports in one attempt, at most; targets are reached sooner. */
const REPORTS = { from: 6, to: 40 };
const PEEK_SHARE = 0.12;
const LATE_SHARE = 0.2;
const FINISH_SHARE = 0.8;

/** Answers to start that leave the player without an attempt, and rightly so (02 §3). */
const NOT_STARTED = new Set([
  'lobby_forming',
  'insufficient_entry_cost',
  'unlock_condition_failed',
  'entry_requirement_failed',
  'event_disabled',
  'no_active_window',
  'max_attempts_reached',
  'max_daily_attempts_reached',
]);

/** @typedef {import('./player.mjs').Player} Player */
/** @typedef {{ eventKey: string, windowId: string, pays: boolean, metrics: import('./attempt-model.mjs').Metric[], leaderboardId: string | null, entryCost: any }} Event */

/** @param {Player} player @param {Event} event as listed */
export async function playEvent(player, event) {
  const begun = await start(player, event);
  if (begun === undefined) return;
  let attempt = begun;
  const patience = player.random.integer(REPORTS.from, REPORTS.to);
  for (let reports = 0; reports < patience && attempt?.status === 'in_progress'; reports += 1) {
    await player.think();
    if (!player.isPresent) return;
    attempt = await report(player, event, attempt);
    if (attempt) await lookAround(player, attempt);
  }
  if (attempt?.status === 'in_progress' && player.random.chance(FINISH_SHARE)) await finish(player, event, attempt);
  if (attempt?.status === 'completed') await afterCompletion(player, attempt);
}

/** @param {Player} player @param {Event} event @returns {Promise<any>} the attempt */
async function start(player, event) {
  const { memory, random, town } = player;
  const playerContext = { level: random.integer(1, 30) };
  const rest = `/events/${event.eventKey}/start`;
  const otherBody = { playerContext: { level: 0 } };
  const answer = await write(player, { rest, body: { playerContext }, otherBody, kind: 'recorded' });
  if (answer.status !== 200 && answer.status !== 201) {
    if (NOT_STARTED.has(answer.error?.code ?? '')) memory.exhausted.add(event.windowId);
    else player.refused(player.writing(rest, {}), answer, 'expected an attempt');
    return undefined;
  }
  const { attempt, leaderboardId } = answer.data;
  const known = memory.attempts.get(attempt.id);
  if (known === undefined) {
    player.did('attempts');
    memory.entries.set(event.windowId, entryChanges(event.entryCost));
  }
  const values = known?.metricsRaw ?? untouched(event.metrics);
  const isAsLeft = sameValues(attempt.metricsRaw, values) && attempt.score === (known?.score ?? 0);
  player.expect('attempts', isAsLeft, () => `start gave ${JSON.stringify(attempt)}, left at ${JSON.stringify(known)}`);
  const isListed = event.leaderboardId === null || event.leaderboardId === leaderboardId;
  player.expect('attempts', isListed && attempt.leaderboardId === leaderboardId, () => `started on ${leaderboardId}`);
  memory.sawAttempt(attempt, event);
  town.showAttempt(/** @type {any} */ (memory.attempts.get(attempt.id)));
  return attempt;
}

/** @param {Player} player @param {Event} event @param {any} attempt before @returns {Promise<any>} the attempt after */
async function report(player, event, attempt) {
  const { random, memory } = player;
  const { report: said, body } = nextReport(random, event.metrics, attempt.metricsRaw, player.habits.stride);
  const sentMs = performance.now();
  const answer = await write(player, {
    rest: `/events/${event.eventKey}/attempts/${attempt.id}/progress`,
    body,
    otherBody: { mode: 'increment', metricValue: 1_000_000 },
    kind: 'recorded',
  });
  if (answer.status !== 200) return notReported(player, attempt, answer);
  player.did('reports');
  const told = answer.data.attempt;
  const raw = applied(event.metrics, attempt.metricsRaw, said);
  const holds = sameValues(told.metricsRaw, raw) && sameValues(told.metrics, capped(event.metrics, raw));
  player.expect('attempts', holds, () => {
    const [was, must, is] = [attempt.metricsRaw, raw, told].map((value) => JSON.stringify(value));
    return `${JSON.stringify(said)} on ${was} must give ${must}, and reads ${is}`;
  });
  memory.sawAttempt(told, event);
  memory.sawScore(told, sentMs);
  if (told.status === 'completed') player.did('completed');
  return told;
}

/** Time may run out in the middle of an attempt. @param {Player} player @param {any} attempt @param {import('./client.mjs').Answer} answer */
function notReported(player, attempt, answer) {
  const hasEnded = answer.error?.code === 'attempt_finished' && Date.parse(attempt.endsAt) <= Date.now();
  if (!hasEnded && answer.error?.code !== 'anti_cheat_rejected') {
    player.refused({ method: 'POST', path: `progress of ${attempt.id}` }, answer, 'expected 200');
  }
  return undefined;
}

/** @param {Player} player @param {any} attempt */
async function lookAround(player, attempt) {
  if (player.random.chance(PEEK_SHARE)) await peek(player, attempt.leaderboardId);
  if (player.random.chance(player.habits.errs)) await misbehave(player, attempt);
}

/** @param {Player} player @param {Event} event @param {any} attempt */
async function finish(player, event, attempt) {
  const rest = `/events/${event.eventKey}/attempts/${attempt.id}/finish`;
  const answer = await write(player, { rest, kind: 'recorded' });
  if (answer.status !== 200) return notReported(player, attempt, answer);
  player.did('finished early');
  const { attempt: told, outcome } = answer.data;
  const isSame = told.score === attempt.score && told.status === outcome && told.status !== 'in_progress';
  player.expect('attempts', isSame, () => `finish of ${JSON.stringify(attempt)} answered ${answer.text}`);
  player.memory.sawAttempt(told, event);
}

/** What is over stays as it is. @param {Player} player @param {any} attempt */
async function afterCompletion(player, attempt) {
  if (!player.random.chance(LATE_SHARE)) return;
  const { eventKey } = /** @type {any} */ (player.memory.attempts.get(attempt.id));
  const body = { mode: 'increment', metricValue: 1, idempotencyKey: player.nextKey() };
  const answer = await player.client.call(player.writing(`/events/${eventKey}/attempts/${attempt.id}/progress`, body));
  player.did('bad input');
  const holds = answer.status === 409 && answer.error?.code === 'attempt_finished';
  player.expect('documented', holds, () => `a report after completion got ${answer.status} ${answer.text}`);
}
