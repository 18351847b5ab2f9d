import type { Operator } from '@kraty/contracts/identity';
import type { NewFact } from '@kraty/platform/facts';
import { actFact, operatorAct, type Act } from '@kraty/platform/operator-writes';
import type { Board } from '../boards/board.js';

/** Who did it, when, and under which id the operator is told of it; the list by the name the route gave it. */
export interface BoardActing {
  auditId: string;
  operator: Operator;
  at: Date;
  leaderboardId: string;
}

/** What an operator did to a list, for the audit log (04 §11). */
export function boardActFact(
  { leaderboardId, ...by }: BoardActing,
  { scope, event, segment }: Board,
  act: Omit<Act, 'environment' | 'target' | 'metadata'>,
): NewFact {
  const { environment } = scope;
  const target = { type: 'leaderboard', id: leaderboardId, label: event?.eventKey ?? null };
  const acting = { ...by, game: scope };
  return actFact('leaderboards', operatorAct(acting, { ...act, environment, target, metadata: { segment } }));
}
