import { holdingChanged, levelReached, type HoldingChanged, type ReachedLevel } from '@kraty/contracts/economy';
import { operatorActed, type OperatorAct } from '@kraty/contracts/identity';
import type { NewFact } from '@kraty/platform/facts';
import type { LedgerRow } from './movement.js';
import type { LevelUp, ScopedAct } from './write.js';

/** The fact that tells of one ledger row. */
export function rowFact(row: LedgerRow): NewFact<HoldingChanged> {
  const { scope, playerId, reason, sourceRefId, origin, at, silent } = row.movement;
  const { ledgerId, operationId, type, key, delta, balanceAfter, revision } = row;
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
      ...(silent && { silent }),
    },
  };
}

/** The fact that has a level paid. */
export function levelFact({ scope, player, economyKey, level, reward }: LevelUp, at: Date): NewFact<ReachedLevel> {
  const { playerId, externalPlayerId } = player;
  const reachedAt = at.toISOString();
  return {
    type: levelReached,
    scope,
    aggregateId: `${playerId}:${economyKey}:${level}`,
    revision: 1,
    partitionKey: playerId,
    payload: { playerId, externalPlayerId, economyKey, level, reward, reachedAt },
  };
}

/** The fact that puts an operator's act on record. */
export function actFact({ scope, act }: ScopedAct): NewFact<OperatorAct> {
  return { type: operatorActed.economy, scope, aggregateId: act.auditId, revision: 1, payload: act };
}
