/** Writes as bad networks and careless clients send them: lost replies, second sends, twins, keys used again. */

import { isDeepStrictEqual } from 'node:util';

/** @typedef {import('./client.mjs').Answer} Answer */
/** @typedef {import('./client.mjs').Call} Call */
/** @typedef {import('./player.mjs').Player} Player */

/**
 * @typedef {object} Write
 * @property {string} rest of the path, after the player
 * @property {object} [body] without its key
 * @property {string} [idempotencyKey] the player's next one when left out
 * @property {object} [otherBody] which the same key must not do
 * @property {'recorded' | 'ledger' | 'natural'} kind how a replay is known (01 §6): by its header; by `applied` too; not at all
 */

/** @param {Player} player @param {Write} write @returns {Promise<Answer>} the first answer to it */
export async function write(player, { rest, body = {}, idempotencyKey = player.nextKey(), otherBody, kind }) {
  const { random, habits, client } = player;
  const [loses, twins, repeats, conflicts] = [habits.loses, habits.twins, habits.repeats, habits.conflicts].map(
    (share) => random.chance(share),
  );
  const call = player.writing(rest, { ...body, idempotencyKey });
  if (loses) {
    await client.lose(call, random);
    player.did('replies lost');
  }
  const answer = twins ? await sendTwins(player, call, kind) : await client.call(call);
  if (repeats) await sendAgain(player, call, kind, answer);
  if (conflicts && otherBody && isRecorded(answer)) await sendOther(player, call, otherBody);
  return answer;
}

/** @param {Player} player @param {Call} call @param {Write['kind']} kind */
async function sendTwins(player, call, kind) {
  const [one, other] = await Promise.all([player.client.call(call), player.client.call(call)]);
  player.did('sends twice at once');
  const [first, again] = one.replayed ? [other, one] : [one, other];
  player.expect('replays', isReplay(kind, first, again), () => difference('twins of', call, first, again));
  return first;
}

/** @param {Player} player @param {Call} call @param {Write['kind']} kind @param {Answer} first */
async function sendAgain(player, call, kind, first) {
  const again = await player.client.call(call);
  player.did('sends repeated');
  player.expect('replays', isReplay(kind, first, again), () => difference('again', call, first, again));
}

/** @param {Player} player @param {Call} call @param {object} otherBody */
async function sendOther(player, call, otherBody) {
  const { idempotencyKey } = /** @type {{ idempotencyKey: string }} */ (call.body);
  const answer = await player.client.call({ ...call, body: { ...otherBody, idempotencyKey } });
  player.did('keys used for something else');
  const { error } = answer;
  const holds = answer.status === 409 && error?.code === 'idempotency_conflict';
  player.expect(
    'conflicts',
    holds && error.details?.idempotencyKey === idempotencyKey,
    () => `another body under the key of POST ${call.path} got ${answer.status} ${answer.text}`,
  );
}

/** Successes are recorded, but for the one that asks to come again (01 §6.5). @param {Answer} answer */
export function isRecorded({ status }) {
  return status >= 200 && status < 300 && status !== 202;
}

/** @param {Write['kind']} kind @param {Answer} first @param {Answer} again */
export function isReplay(kind, first, again) {
  if (first.status !== again.status) return false;
  if (!isRecorded(first)) return first.error?.code === again.error?.code && !again.replayed;
  if (kind === 'natural') return isDeepStrictEqual(first.data, again.data);
  if (!again.replayed) return false;
  if (kind === 'recorded') return first.text === again.text;
  return isDeepStrictEqual({ ...first.data, applied: false }, again.data);
}

/** @param {string} what @param {Call} call @param {Answer} first @param {Answer} again */
function difference(what, { path }, first, again) {
  const shown = (/** @type {Answer} */ { status, text, replayed }) =>
    `${status}${replayed ? ' (replayed)' : ''} ${text}`;
  return `${what} POST ${path}: first ${shown(first)}, then ${shown(again)}`;
}
