import { holdingChanged, type HoldingChanged } from '@kraty/contracts/economy';
import type { NewFact } from '@kraty/platform/facts';
import type { Line } from './ledger.js';
import type { Movement } from './movement.js';

/** The fact that tells of one ledger row. */
export function factOf(
  movement: Movement,
  line: Line & { ledgerId: string; operationId: string },
): NewFact<HoldingChanged> {
  const { scope, playerId, reason, sourceRefId, origin, at } = movement;
  const { ledgerId, operationId, type, key, delta, balanceAfter, revision } = line;
  return {
    type: holdingChanged,
    scope,
    aggregateId: `${playerId}:${type}:${key}`,
    revision,
    partitionKey: playerId,
    payload: {
      ledgerId,
      playerId,
      type,
      key,
      delta,
      balanceAfter,
      reason,
      sourceRefId,
      origin,
      operationId,
      changedAt: at.toISOString(),
    },
  };
}
