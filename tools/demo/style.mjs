/** Weight and colour on terminals that want them. */

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] };

/** @typedef {Record<keyof typeof CODES, (text: string) => string>} Style */

/** @param {boolean} wanted @returns {Style} */
export function styleFor(wanted) {
  const entries = Object.entries(CODES).map(([name, [on, off]]) => [
    name,
    (/** @type {string} */ text) => (wanted ? `\x1b[${on}m${text}\x1b[${off}m` : text),
  ]);
  return Object.fromEntries(entries);
}

/** @param {number} value */
export function count(value) {
  return value.toLocaleString('en-US');
}

/** @param {number} times @param {string} one @param {string} [many] */
export function counted(times, one, many = `${one}s`) {
  return `${count(times)} ${times === 1 ? one : many}`;
}

/** @param {string | Record<string, string> | null | undefined} name localized or not @param {string} fallback */
export function plainName(name, fallback) {
  if (typeof name === 'string') return name;
  return name?.['en'] ?? Object.values(name ?? {})[0] ?? fallback;
}
