import type { Environment, GameScope } from '@kraty/contracts/common';
import { actedBy, operatorActed, type Operator, type OperatorAct } from '@kraty/contracts/identity';
import type { NewFact } from '@kraty/platform/facts';

/** What an operator did, in the words of the audit log (04 §11). */
export interface Act extends Pick<OperatorAct, 'action' | 'target'> {
  environment?: Environment;
  reason?: string | null;
  metadata?: Record<string, unknown>;
  before?: Record<string, unknown> | null;
  after?: Record<string, unknown> | null;
}

/** The act as a fact, committed with the change it tells of; identity puts it on record once. */
export function actFact(
  auditId: string,
  game: GameScope,
  operator: Operator,
  act: Act,
  at: Date,
): NewFact<OperatorAct> {
  const { environment = null, action, target, reason = null, metadata = {}, before = null, after = null } = act;
  const payload: OperatorAct = {
    auditId,
    ...game,
    environment,
    ...actedBy(operator),
    action,
    target,
    reason,
    // The reason stands in both places (04 §1).
    metadata: reason === null ? metadata : { ...metadata, reason },
    before,
    after,
    actedAt: at.toISOString(),
  };
  return { type: operatorActed.events, scope: game, aggregateId: auditId, revision: 1, payload };
}
