import type { GameScope } from '@kraty/contracts/common';
import type { Issue } from '@kraty/contracts/failures';
import type { OperatorAct } from '@kraty/contracts/identity';
import type { NewFact } from '@kraty/platform/facts';
import { actFact } from '@kraty/platform/operator-writes';

/** The entry in the audit log for a part of a document that could not be applied any more. */
export function lateEditFact(
  { game, applyId, actor }: { game: GameScope; applyId: string; actor: string | null },
  { id, key }: { id: string; key: string },
  issues: Issue[],
  { auditId, at }: { auditId: string; at: Date },
): NewFact<OperatorAct> {
  return actFact('events', {
    auditId,
    studioId: game.studioId,
    gameId: game.gameId,
    environment: null,
    actor: { type: 'system', id: null, label: 'system' },
    ...{ requestId: applyId, ip: null, userAgent: null },
    action: 'event.update_too_late',
    target: { type: 'event', id, label: key },
    reason: null,
    metadata: { applyId, appliedBy: actor, issues },
    before: null,
    after: null,
    actedAt: at.toISOString(),
  });
}
