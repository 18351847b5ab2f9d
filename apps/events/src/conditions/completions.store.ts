import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { statement, type Tx } from '@kraty/platform/persistence';
import type { CompletionNeed } from './player-facts.js';

// Counted on the partial index of ended attempts, and no further than was asked. An event nobody has, and one without
// a shared window at the moment, counts nothing (05 §11).
const COMPLETIONS = statement(
  'completions_count',
  `select v.at::int as at,
          case when v.current
               then (select count(*)::int
                       from (select from attempt a
                              where a.player_id = $1 and a.event_id = e.id and a.event_window_id = w.id
                                and a.status in ('completed', 'force_completed')
                              limit v.at_least) as counted)
               else (select count(*)::int
                       from (select from attempt a
                              where a.player_id = $1 and a.event_id = e.id
                                and a.status in ('completed', 'force_completed')
                              limit v.at_least) as counted)
          end as times
     from unnest($3::text[], $4::boolean[], $5::bigint[]) with ordinality as v(event_key, current, at_least, at)
     join event e on e.game_id = $2 and e.key = v.event_key
     left join event_window w on v.current and w.event_id = e.id and w.player_id is null and w.state <> 'cancelled'
                             and w.starts_at <= $6 and w.ends_at > $6`,
);

/** How often players have completed events. */
@Injectable()
export class CompletionsStore {
  /** In the order asked. */
  async count(
    tx: Tx,
    of: { scope: Scope; playerId: string; now: Date },
    needs: readonly CompletionNeed[],
  ): Promise<number[]> {
    const rows = await tx.query<{ at: number; times: number }>(COMPLETIONS, [
      of.playerId,
      of.scope.gameId,
      needs.map(({ eventKey }) => eventKey),
      needs.map(({ within }) => within === 'current_window'),
      needs.map(({ atLeast }) => Math.max(1, Math.ceil(atLeast))),
      of.now,
    ]);
    const times = new Map(rows.map((row) => [row.at, row.times]));
    return needs.map((_, index) => times.get(index + 1) ?? 0);
  }
}
