import type { Scope } from '@kraty/contracts/common';
import { actedBy, operatorActed, type Operator, type OperatorAct } from '@kraty/contracts/identity';
import type { NewFact } from '@kraty/platform/facts';

export interface ActDetails {
  auditId: string;
  action: string;
  target: OperatorAct['target'];
  reason: string | null;
  metadata?: Record<string, unknown>;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
}

/** What an operator did, as identity puts it on record; the reason stands in the metadata as well (04 §1). */
export function operatorAct(operator: Operator, scope: Scope, details: ActDetails, now: Date): OperatorAct {
  const { auditId, action, target, reason, metadata = {}, before = null, after = null } = details;
  const { studioId, gameId, environment } = scope;
  return {
    ...actedBy(operator),
    ...{ auditId, studioId, gameId, environment, action, target, reason, before, after },
    metadata: reason === null ? metadata : { ...metadata, reason },
    actedAt: now.toISOString(),
  };
}

export function actFact(act: OperatorAct): NewFact {
  const { auditId, studioId, gameId } = act;
  return { type: operatorActed.grants, scope: { studioId, gameId }, aggregateId: auditId, revision: 1, payload: act };
}
