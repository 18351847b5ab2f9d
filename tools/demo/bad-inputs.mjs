/** What clients get wrong, and the answer that 01 and 02 give to each. */

const NOBODYS_ID = '00000000-0000-7000-8000-000000000000';
const OVER_LIMIT_CHARACTERS = 70_000;
const TOO_MUCH = 2_000_000_000;

/** @typedef {import('./client.mjs').Call} Call */
/** @typedef {{ eventKey: string, id: string, leaderboardId: string }} AttemptRef */
/** @typedef {{ player: import('./player.mjs').Player, own: AttemptRef, another: AttemptRef | undefined, grantOfAnother: string | undefined }} Context */

/**
 * @typedef {object} BadInput
 * @property {string} name
 * @property {number} status
 * @property {string} code
 * @property {(context: Context) => Call | undefined} call undefined when the moment does not offer it
 * @property {boolean} [credentials] counts as a failed check of a credential
 * @property {boolean} [inProgress] says this only of an attempt that is not over
 */

/** @param {string} name @param {number} status @param {string} code @param {BadInput['call']} call @param {Partial<BadInput>} [more] @returns {BadInput} */
const bad = (name, status, code, call, more = {}) => ({ name, status, code, call, ...more });

/** @param {unknown} body @returns {BadInput['call']} */
const progress = (body) => (context) => progressOf(context, context.own, body);

/** @param {Context} context @param {{ eventKey: string, id: string }} attempt @param {unknown} body */
function progressOf({ player }, { eventKey, id }, body) {
  return player.writing(`/events/${eventKey}/attempts/${id}/progress`, body);
}

/** @param {string} rest @param {unknown} body @returns {BadInput['call']} */
const post =
  (rest, body) =>
  ({ player }) =>
    player.writing(rest, body);

const increment = { mode: 'increment', metricValue: 1 };

/** @type {BadInput[]} */
const REPORTS = [
  bad('a number in quotes', 400, 'validation_failed', progress({ mode: 'increment', metricValue: '5' })),
  bad('no mode', 400, 'validation_failed', progress({ metricValue: 5 })),
  bad('an unknown mode', 400, 'validation_failed', progress({ mode: 'multiply', metricValue: 5 })),
  bad('neither a value nor metrics', 400, 'validation_failed', progress({ mode: 'set' })),
  bad('a list of metrics', 400, 'validation_failed', progress({ mode: 'set', metrics: [1, 2] })),
  bad('a value beyond the bound', 400, 'validation_failed', progress({ mode: 'set', metricValue: 1e16 })),
  bad('a time without a zone', 400, 'validation_failed', progress({ ...increment, occurredAt: '2026-01-01T00:00:00' })),
  bad('half a document', 400, 'validation_failed', progress('{"mode":"increment"')),
  bad('a list for a document', 400, 'validation_failed', progress('[1]')),
  bad('a key that is too long', 400, 'validation_failed', progress({ ...increment, idempotencyKey: 'k'.repeat(256) })),
  bad('an unknown metric', 400, 'invalid_metric', progress({ mode: 'increment', metrics: { no_such_metric: 1 } }), {
    inProgress: true,
  }),
  bad('a document in plain text', 415, 'validation_failed', (context) => ({
    ...progressOf(context, context.own, JSON.stringify(increment)),
    headers: { 'content-type': 'text/plain' },
  })),
  bad(
    'a document that is too large',
    413,
    'validation_failed',
    progress({ ...increment, x: 'x'.repeat(OVER_LIMIT_CHARACTERS) }),
  ),
];

/** @type {BadInput[]} */
const UNKNOWN = [
  bad('an unknown attempt', 404, 'not_found', (context) =>
    progressOf(context, { ...context.own, id: NOBODYS_ID }, increment),
  ),
  bad('an attempt that is no id', 404, 'not_found', (context) =>
    progressOf(context, { ...context.own, id: 'mine' }, increment),
  ),
  bad(
    "another player's attempt",
    404,
    'not_found',
    (context) => context.another && progressOf(context, context.another, increment),
  ),
  bad("another player's grant", 404, 'not_found', ({ player, grantOfAnother }) =>
    grantOfAnother === undefined ? undefined : player.writing(`/grants/${grantOfAnother}/claim`, {}),
  ),
  bad('an unknown grant', 404, 'not_found', post(`/grants/${NOBODYS_ID}/claim`, {})),
  bad('an unknown event', 404, 'not_found', post('/events/no_such_event/start', {})),
  bad('a route that is the server’s', 404, 'not_found', post('/wallet/shells/credit', { amount: 1 })),
  bad('an unknown board', 404, 'not_found', () => ({ method: 'GET', path: `/leaderboards/${NOBODYS_ID}` })),
  bad('a board that is no id', 400, 'validation_failed', () => ({ method: 'GET', path: '/event-leaderboards/mine' })),
];

/** @type {BadInput[]} */
const QUERIES = [
  bad('no rows at all', 400, 'validation_failed', ({ own }) => board(own, 'limit=0')),
  bad('too many rows', 400, 'validation_failed', ({ own }) => board(own, 'limit=201')),
  bad('half a row', 400, 'validation_failed', ({ own }) => board(own, 'limit=1.5')),
  bad('self of nobody', 400, 'validation_failed', ({ own }) => board(own, 'includeSelf=true')),
  bad('an unknown status of events', 400, 'validation_failed', ({ player }) => player.reading('/events?status=past')),
];

/** @param {AttemptRef} own @param {string} query @returns {Call} */
function board({ leaderboardId }, query) {
  return { method: 'GET', path: `/leaderboards/${leaderboardId}?${query}` };
}

/** @type {BadInput[]} */
const SPENDING = [
  bad('a debit of nothing', 400, 'validation_failed', post('/wallet/shells/debit', { amount: 0 })),
  bad('a debit of a half', 400, 'validation_failed', post('/wallet/shells/debit', { amount: 0.5 })),
  bad('a debit below nothing', 400, 'validation_failed', post('/wallet/shells/debit', { amount: -5 })),
  bad('a debit without an amount', 400, 'validation_failed', post('/wallet/shells/debit', {})),
  bad('an unknown currency', 409, 'conflict', post('/wallet/no_such_money/debit', { amount: 1 })),
  bad('an item that nobody has', 409, 'conflict', post('/inventory/no_such_item/consume', { quantity: 1 })),
  bad('more than anybody has', 409, 'conflict', post('/wallet/shells/debit', { amount: TOO_MUCH })),
];

const asked = { credentials: true };

/** @type {BadInput[]} */
const CREDENTIALS = [
  bad('no key', 401, 'unauthenticated', ({ player }) => ({ ...player.reading('/wallet'), authorization: null }), asked),
  bad(
    'a key that is none',
    401,
    'session_invalid',
    ({ player }) => ({ ...player.reading('/wallet'), authorization: 'Bearer nonsense' }),
    asked,
  ),
  bad(
    'an unknown key',
    401,
    'session_invalid',
    ({ player }) => ({ ...player.reading('/wallet'), authorization: `Bearer pAAAAAAA.${'a'.repeat(43)}` }),
    asked,
  ),
  bad(
    'a wrong secret',
    401,
    'player_secret_invalid',
    ({ player }) => ({ ...player.reading('/wallet'), secret: 's'.repeat(43) }),
    asked,
  ),
  bad(
    'no secret',
    401,
    'player_secret_invalid',
    ({ player }) => ({ ...player.writing('/wallet/shells/debit', { amount: 1 }), secret: undefined }),
    asked,
  ),
];

export const BAD_INPUTS = [...REPORTS, ...UNKNOWN, ...QUERIES, ...SPENDING, ...CREDENTIALS];
