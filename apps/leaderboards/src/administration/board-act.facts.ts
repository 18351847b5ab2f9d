import type { Scope } from '@kraty/contracts/common';
import { actedBy, operatorActed, type Operator, type OperatorAct } from '@kraty/contracts/identity';
import type { NewFact } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import type { Board } from '../boards/board.js';

/** What an operator did to a list, for the audit log (04 §11). */
export function boardAct(
  operator: Operator,
  { scope, event, segment }: Board,
  action: string,
  now: Date,
  leaderboardId: string,
): OperatorAct {
  return {
    ...actedBy(operator),
    ...{ auditId: uuidV7(now.getTime()), studioId: scope.studioId, gameId: scope.gameId },
    ...{ environment: scope.environment, action },
    target: { type: 'leaderboard', id: leaderboardId, label: event?.eventKey ?? null },
    ...{ reason: null, metadata: { segment }, before: null, after: null },
    actedAt: now.toISOString(),
  };
}

export function actFact(scope: Scope, act: OperatorAct): NewFact<OperatorAct> {
  return { type: operatorActed.leaderboards, scope, aggregateId: act.auditId, revision: 1, payload: act };
}
