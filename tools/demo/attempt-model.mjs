/** What a report of progress makes of an attempt's metrics, by the listing's definitions (05 §4). */

/**
 * @typedef {object} Metric
 * @property {string} key
 * @property {number} [target]
 * @property {number} [cap]
 * @property {boolean} [capAtTarget]
 * @property {number} [scorePerUnit]
 * @property {{ metricKey: string } | null} [resetOn]
 */

/** @typedef {Record<string, number>} Values */
/** @typedef {{ mode: 'increment' | 'set', metrics: Values }} Report */

/** Values below this are rounded to six decimals (05 §0). */
const ROUNDED_BELOW = 1e9;
const DECIMALS = 1e6;

/** @param {Metric[]} metrics @param {Values} raw before @param {Report} report @returns {Values} raw after */
export function applied(metrics, raw, { mode, metrics: reported }) {
  /** @type {Values} */
  const after = { ...raw };
  for (const [key, value] of Object.entries(reported)) {
    after[key] = rounded(mode === 'set' ? value : (raw[key] ?? 0) + value);
  }
  const reset = metrics.filter(({ resetOn }) => resetOn && of(after, resetOn.metricKey) > of(raw, resetOn.metricKey));
  for (const { key } of reset) after[key] = 0;
  return after;
}

/** @param {Metric[]} metrics @param {Values} raw @returns {Values} as the score sees them */
export function capped(metrics, raw) {
  return Object.fromEntries(
    metrics.map(({ key, cap, target, capAtTarget }) => {
      const limits = [cap, capAtTarget ? target : undefined].filter((limit) => typeof limit === 'number');
      return [key, Math.min(of(raw, key), ...limits)];
    }),
  );
}

/** @param {Metric[]} metrics @returns {Values} of an attempt that has just begun */
export function untouched(metrics) {
  return Object.fromEntries(metrics.map(({ key }) => [key, 0]));
}

/** @param {Values} told @param {Values} expected */
export function sameValues(told, expected) {
  const keys = Object.keys(expected);
  return Object.keys(told ?? {}).length === keys.length && keys.every((key) => told[key] === expected[key]);
}

/** @param {Values} values @param {string} key */
function of(values, key) {
  return values[key] ?? 0;
}

/** @param {number} value */
function rounded(value) {
  return Math.abs(value) < ROUNDED_BELOW ? Math.round(value * DECIMALS) / DECIMALS : value;
}
