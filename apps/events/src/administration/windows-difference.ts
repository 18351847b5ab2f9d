import type { WindowsDifference } from '@kraty/contracts/events';
import type { PlannedRow, WindowPlan } from '../windows/window-plan.js';

/** A plan in the words of a dry run (04 §5.2). */
export function windowsDifference(plan: WindowPlan, rows: readonly PlannedRow[]): WindowsDifference {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return {
    added: plan.inserts.map(({ startsAtMs, endsAtMs }) => ({ startsAt: iso(startsAtMs), endsAt: iso(endsAtMs) })),
    moved: plan.moves.flatMap(({ id, endsAtMs }) => {
      const row = byId.get(id);
      return row === undefined ? [] : [{ startsAt: row.startsAt.toISOString(), endsAt: iso(endsAtMs) }];
    }),
    removed: plan.removals.flatMap((id) => {
      const row = byId.get(id);
      return row === undefined ? [] : [{ startsAt: row.startsAt.toISOString(), hasOverride: row.hasOverride }];
    }),
  };
}

const iso = (instantMs: number): string => new Date(instantMs).toISOString();
