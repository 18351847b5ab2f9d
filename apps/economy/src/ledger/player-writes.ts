import type { Idempotency } from '@kraty/contracts/common';
import { uuidV7 } from '@kraty/platform/ids';
import type { Write, WriteRecord } from './write.js';

/** The key a call brought, as it is kept with its effect. */
export function recordOf(idempotency: Idempotency | null): WriteRecord | null {
  if (!idempotency) return null;
  const { operation, key, bodyHash } = idempotency;
  return { operation, key, bodyHash };
}

/** What a player's own client does, as one write under an operation id of its own. */
export function clientWrite(
  write: Pick<Write, 'scope' | 'player' | 'catalog' | 'deltas' | 'reason' | 'refusal'> & Pick<Partial<Write>, 'cut'>,
  idempotency: Idempotency | null,
): Write {
  const common = { sourceRefId: null, origin: 'client' as const, actor: 'player' };
  return { ...write, ...common, operationId: uuidV7(), record: recordOf(idempotency) };
}
