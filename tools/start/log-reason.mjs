/** Why a service ended, out of the log it left. */

const LINES_LOOKED_AT = 200;
const LINES_SHOWN = 8;

/**
 * Services log JSON; what an operator got wrong they tell in plain lines, at the end.
 * @param {string} log the end of it @returns {string} '' when it tells nothing
 */
export function reasonIn(log) {
  const lines = log.trimEnd().split('\n').slice(-LINES_LOOKED_AT).map(parsed);
  const plain = lines.slice(lines.findLastIndex(({ entry }) => entry !== undefined) + 1).map(({ line }) => line);
  if (plain.some((line) => line.trim() !== '')) return plain.slice(-LINES_SHOWN).join('\n');
  const fatal = lines.findLast(({ entry }) => entry?.level === 'fatal')?.entry;
  return String(fatal?.err?.message ?? fatal?.message ?? '')
    .split('\n')
    .slice(0, LINES_SHOWN)
    .join('\n');
}

/** @param {string} line @returns {{ line: string, entry?: { level?: string, message?: string, err?: { message?: string } } }} */
function parsed(line) {
  try {
    const entry = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? { line, entry } : { line };
  } catch {
    return { line };
  }
}
