/** Everything that one player was told by answers that said yes; what follows from it is what must be stored. */

/** @typedef {import('./holdings.mjs').Change} Change */
/** @typedef {import('./board-rule.mjs').ScoreTold} ScoreTold */

/**
 * @typedef {object} AttemptTold
 * @property {string} id
 * @property {string} eventKey
 * @property {string} leaderboardId
 * @property {string} windowId
 * @property {string} endsAt
 * @property {string} status
 * @property {number} score
 * @property {boolean} pays a completion of this event gives a grant
 * @property {import('./attempt-model.mjs').Values} metricsRaw
 */

/** @typedef {{ id: string, kind: string, status: string, sourceKind: string, sourceRefId: string | null, createdAt: string, claimedAt: string | null, contents: { entries: any[] } }} Grant */
/** @typedef {{ type: 'economy' | 'item', key: string, amount: number, idempotencyKey: string }} Spent */

export class Memory {
  playerId = '';
  secret = '';
  /** @type {Map<string, number> | undefined} the wallet at its first reading, before anything was earned */
  opening;
  /** @type {Map<string, AttemptTold>} */
  attempts = new Map();
  /** @type {(ScoreTold & { leaderboardId: string })[]} in the order in which they were told */
  scores = [];
  /** @type {Map<string, number>} by board: when the last accepted report was sent, in this process's time */
  lastReportMs = new Map();
  /** @type {Map<string, Grant>} */
  claimed = new Map();
  /** @type {Spent[]} */
  spent = [];
  /** @type {Map<string, Change[]>} by window: an entry is paid once in each */
  entries = new Map();
  /** @type {Set<string>} windows in which no attempt is left */
  exhausted = new Set();
  /** Something was never answered, so that nobody can say what is stored. */
  uncertain = false;

  /** @param {any} attempt of an answer @param {{ eventKey: string, windowId: string, pays: boolean }} event */
  sawAttempt(attempt, { eventKey, windowId, pays }) {
    const { id, leaderboardId, endsAt, status, score, metricsRaw } = attempt;
    this.attempts.set(id, { id, eventKey, leaderboardId, windowId, endsAt, status, score, pays, metricsRaw });
  }

  /** @param {any} attempt of an answer to a report that was sent then @param {number} sentMs */
  sawScore({ id, leaderboardId, score }, sentMs) {
    this.scores.push({ leaderboardId, attemptId: id, score });
    this.lastReportMs.set(leaderboardId, sentMs);
  }

  /** @param {string} leaderboardId @returns {ScoreTold[]} */
  scoresOn(leaderboardId) {
    return this.scores.filter((told) => told.leaderboardId === leaderboardId);
  }

  get boards() {
    return new Set([...this.attempts.values()].map(({ leaderboardId }) => leaderboardId));
  }

  /** @returns {Change[]} all that moved holdings, the opening left out */
  get changes() {
    const claims = [...this.claimed.values()].flatMap(({ contents }) => contents.entries.flatMap(changeOf));
    const spent = this.spent.map(({ type, key, amount }) => ({ type, key, delta: -amount }));
    return [...claims, ...spent, ...[...this.entries.values()].flat()];
  }
}

/** @param {any} entry of a grant @returns {Change[]} a crate is a grant of its own and moves nothing */
export function changeOf(entry) {
  if (entry.type === 'currency') return [{ type: 'economy', key: entry.currencyKey, delta: entry.amount }];
  if (entry.type === 'item') return [{ type: 'item', key: entry.itemKey, delta: entry.quantity }];
  return [];
}

/** @param {{ currencies: { key: string, amount: number }[], items: { key: string, quantity: number }[] } | null} cost @returns {Change[]} */
export function entryChanges(cost) {
  if (cost === null) return [];
  return [
    ...cost.currencies.map(({ key, amount }) => ({ type: /** @type {const} */ ('economy'), key, delta: -amount })),
    ...cost.items.map(({ key, quantity }) => ({ type: /** @type {const} */ ('item'), key, delta: -quantity })),
  ];
}
