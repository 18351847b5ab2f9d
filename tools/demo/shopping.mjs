/** What was earned is spent: debits and items, some beyond what is there, some in a race of two for the same coins. */

import { expectedHoldings } from './holdings.mjs';
import { write } from './repeating.mjs';

const OVERSPEND_SHARE = 0.2;
const RACE_SHARE = 0.15;
const PART_MAX = 0.6;
const OVER_MAX = 100;

/** @typedef {import('./player.mjs').Player} Player */
/** @typedef {import('./holdings.mjs').ResourceType} ResourceType */
/** @typedef {{ type: ResourceType, key: string, held: number }} Stock */

const ROUTES = {
  economy: { rest: (/** @type {string} */ key) => `/wallet/${key}/debit`, field: 'amount', left: 'balance' },
  item: { rest: (/** @type {string} */ key) => `/inventory/${key}/consume`, field: 'quantity', left: 'quantity' },
};

/** @param {Player} player */
export async function shop(player) {
  const { random } = player;
  const stocks = stocksOf(player);
  if (stocks.length === 0) return;
  const stock = random.pick(stocks);
  if (random.chance(OVERSPEND_SHARE)) return overspend(player, stock);
  if (stock.held > 1 && random.chance(RACE_SHARE)) return race(player, stock);
  await spend(player, stock, random.integer(1, Math.max(1, Math.floor(stock.held * PART_MAX))));
}

/** @param {Player} player @returns {Stock[]} what is there to spend */
function stocksOf({ memory }) {
  const { opening = new Map(), changes } = memory;
  return [...expectedHoldings(opening, changes)].flatMap(([resource, held]) => {
    const [type, key] = /** @type {[ResourceType, string]} */ (resource.split(':', 2));
    return held > 0 ? [{ type, key, held }] : [];
  });
}

/** @param {Player} player @param {Stock} stock @param {number} amount */
async function spend(player, { type, key, held }, amount) {
  const { rest, field, left } = ROUTES[type];
  const body = { [field]: amount, reason: 'demo shop' };
  const call = {
    rest: rest(key),
    body,
    otherBody: { ...body, [field]: amount + 1 },
    kind: /** @type {const} */ ('ledger'),
  };
  const idempotencyKey = player.nextKey();
  const answer = await write(player, { ...call, idempotencyKey });
  if (answer.status !== 200) return player.refused(player.writing(rest(key), body), answer, 'expected 200');
  remember(player, { type, key, amount, idempotencyKey });
  player.expect('reads', answer.data[left] === held - amount, () => {
    return `${amount} of ${held} ${key} spent must leave ${held - amount}, and leaves ${answer.data[left]}`;
  });
}

/** @param {Player} player @param {Stock} stock */
async function overspend(player, { type, key, held }) {
  const { rest, field } = ROUTES[type];
  const needed = held + player.random.integer(1, OVER_MAX);
  const answer = await write(player, { rest: rest(key), body: { [field]: needed }, kind: 'ledger' });
  player.did('spends of more than there is');
  player.expect('documented', isShort(answer, { resource: key, needed, have: held }), () => {
    return `${needed} of ${held} ${key} got ${answer.status} ${answer.text}`;
  });
}

/** Two buy at once, and there is enough for one. @param {Player} player @param {Stock} stock */
async function race(player, { type, key, held }) {
  const { rest, field } = ROUTES[type];
  const amount = Math.floor(held / 2) + 1;
  const keys = [player.nextKey(), player.nextKey()];
  const answers = await Promise.all(
    keys.map((idempotencyKey) => player.client.call(player.writing(rest(key), { [field]: amount, idempotencyKey }))),
  );
  player.did('races for the same coins');
  answers.forEach((answer, index) => {
    if (answer.status === 200)
      remember(player, { type, key, amount, idempotencyKey: /** @type {string} */ (keys[index]) });
  });
  const refused = answers.filter(({ status }) => status !== 200);
  const loser = refused.length === 1 ? refused[0] : undefined;
  const holds = loser !== undefined && isShort(loser, { resource: key, needed: amount, have: held - amount });
  player.expect('documented', holds, () => {
    return `twice ${amount} of ${held} ${key} got ${answers.map(({ status, text }) => `${status} ${text}`).join(' and ')}`;
  });
}

/** @param {Player} player @param {import('./memory.mjs').Spent} spent */
function remember(player, spent) {
  player.memory.spent.push(spent);
  player.did('spends');
}

/** @param {import('./client.mjs').Answer} answer @param {{ resource: string, needed: number, have: number }} short */
function isShort({ status, error }, { resource, needed, have }) {
  if (status !== 409 || error?.code !== 'conflict') return false;
  const { reason, resource: named, needed: asked, have: held } = error.details ?? {};
  return reason === 'insufficient_balance' && named === resource && asked === needed && held === have;
}
