/** What a player reports next: now this, now that, a little at a time, in either mode. */

/** @typedef {import('./attempt-model.mjs').Metric} Metric */
/** @typedef {import('./attempt-model.mjs').Values} Values */
/** @typedef {import('./attempt-model.mjs').Report} Report */

/** Shares of the reports. */
const PRIMARY_SHARE = 0.7;
const SECOND_SHARE = 0.35;
const MISHAP_SHARE = 0.08;
const SET_SHARE = 0.2;
const SHORT_FORM_SHARE = 0.4;
/** Of metrics that have no target. */
const STEP_MAX = 9;

/**
 * @param {import('./random.mjs').Random} random
 * @param {Metric[]} metrics
 * @param {Values} raw
 * @param {number} stride how many reports a target takes, roughly
 * @returns {{ report: Report, body: object }}
 */
export function nextReport(random, metrics, raw, stride) {
  const triggers = new Set(metrics.flatMap(({ resetOn }) => (resetOn ? [resetOn.metricKey] : [])));
  const gains = metrics.filter(({ key }) => !triggers.has(key));
  const chosen = chooseGains(random, gains.length > 0 ? gains : metrics);
  const isSet = random.chance(SET_SHARE);
  const values = Object.fromEntries(
    chosen.map((metric) => {
      const step = stepOf(random, metric, stride);
      return [metric.key, isSet ? (raw[metric.key] ?? 0) + step : step];
    }),
  );
  if (random.chance(MISHAP_SHARE) && triggers.size > 0) {
    const trigger = random.pick([...triggers]);
    values[trigger] = isSet ? (raw[trigger] ?? 0) + 1 : 1;
  }
  const report = { mode: isSet ? /** @type {const} */ ('set') : /** @type {const} */ ('increment'), metrics: values };
  return { report, body: bodyOf(report, metrics[0]?.key, random.chance(SHORT_FORM_SHARE)) };
}

/** @param {import('./random.mjs').Random} random @param {Metric[]} gains @returns {Metric[]} one or two */
function chooseGains(random, gains) {
  const first = random.chance(PRIMARY_SHARE) ? /** @type {Metric} */ (gains[0]) : random.pick(gains);
  const second = random.pick(gains);
  return random.chance(SECOND_SHARE) && second !== first ? [first, second] : [first];
}

/** @param {import('./random.mjs').Random} random @param {Metric} metric @param {number} stride */
function stepOf(random, { target, cap }, stride) {
  const goal = target ?? cap;
  if (goal === undefined) return random.integer(1, STEP_MAX);
  return Math.max(1, Math.round((goal / stride) * random.between(0.5, 1.5)));
}

/** One value of the first metric may be said without its name. @param {Report} report @param {string | undefined} primary @param {boolean} short */
function bodyOf({ mode, metrics }, primary, short) {
  const keys = Object.keys(metrics);
  if (short && primary !== undefined && keys.length === 1 && keys[0] === primary)
    return { mode, metricValue: metrics[primary] };
  return { mode, metrics };
}
