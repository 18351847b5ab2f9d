import type { Environment, GameScope } from '@kraty/contracts/common';
import { actedBy, operatorActed, type Operator, type OperatorAct } from '@kraty/contracts/identity';
import type { NewFact } from '../facts/index.js';

/** Contexts in which operators act; identity consumes what each of them tells. */
export type ActingContext = keyof typeof operatorActed;

/** What an operator did, in the words of the audit log (04 §11). */
export interface Act extends Pick<OperatorAct, 'action' | 'target'> {
  environment?: Environment | null;
  reason?: string | null;
  metadata?: Record<string, unknown>;
  before?: Record<string, unknown> | null;
  after?: Record<string, unknown> | null;
}

/** Who did it in which game, when, and under which id the operator is told of it. */
export interface Acting {
  auditId: string;
  operator: Operator;
  game: GameScope;
  at: Date;
}

/** The act as identity puts it on record; the reason stands in the metadata as well (04 §1). */
export function operatorAct({ auditId, operator, game, at }: Acting, act: Act): OperatorAct {
  const { environment = null, action, target, reason = null, metadata = {}, before = null, after = null } = act;
  const { studioId, gameId } = game;
  return {
    ...actedBy(operator),
    ...{ auditId, studioId, gameId, environment, action, target, reason, before, after },
    metadata: reason === null ? metadata : { ...metadata, reason },
    actedAt: at.toISOString(),
  };
}

/** Committed with the change it tells of; identity puts it on record once. */
export function actFact(context: ActingContext, act: OperatorAct): NewFact<OperatorAct> {
  const { auditId, studioId, gameId } = act;
  const scope = { studioId, gameId };
  return { type: operatorActed[context], scope, aggregateId: auditId, revision: 1, payload: act };
}
