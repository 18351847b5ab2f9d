import { Injectable } from '@nestjs/common';
import type { Operator } from '@kraty/contracts/identity';
import type { ListRankedLists, NamedList, RankedList, ScoreBucket } from '@kraty/contracts/leaderboards';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { Outbox } from '@kraty/platform/facts';
import { isUuid, uuidV7 } from '@kraty/platform/ids';
import { Database } from '@kraty/platform/persistence';
import { Ranks } from '../ranks/ranks.service.js';
import { ScoresStore } from '../scores/scores.store.js';
import { boardActFact } from './board-act.facts.js';
import { RankedListFinder } from './ranked-list-finder.service.js';
import { RankedListsStore, type ListRow } from './ranked-lists.store.js';

/** Ranked lists as operators look at them (04 §6). */
@Injectable()
export class RankedLists {
  constructor(
    private readonly database: Database,
    private readonly store: RankedListsStore,
    private readonly finder: RankedListFinder,
    private readonly scores: ScoresStore,
    private readonly ranks: Ranks,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Errors: `validation_failed` (cursor). */
  async list(asked: ListRankedLists): Promise<{ boards: RankedList[]; nextCursor: string | null }> {
    const { scope, kind, q, limit, cursor } = asked;
    const rows = await this.store.list(scope, kind, q, cursor === null ? null : afterCursor(cursor), limit + 1);
    const page = rows.slice(0, limit);
    const boards = await Promise.all(page.map((row) => this.shown(row)));
    return { boards, nextCursor: rows.length > limit ? cursorOf(page.at(-1)!) : null };
  }

  /** Errors: `not_found`. */
  async distribution(named: NamedList, buckets: number): Promise<{ buckets: ScoreBucket[] }> {
    const { leaderboardId } = await this.finder.find(named);
    return { buckets: await this.store.distribution(leaderboardId, buckets) };
  }

  /** Errors: `not_found`, `conflict` (not_live). */
  async rebuild(named: NamedList & { operator: Operator }): Promise<{ auditId: string }> {
    const board = await this.finder.find(named);
    if (board.finalizedAt) throw fail('conflict', 'a frozen board has no index', { reason: 'not_live' });
    const { operator, leaderboardId } = named;
    const at = this.clock.now();
    const auditId = uuidV7(at.getTime());
    const fact = boardActFact({ auditId, operator, at, leaderboardId }, board, { action: 'leaderboard.rebuild' });
    const staged = await this.database.transaction((tx) => this.outbox.stage(tx, [fact]));
    await this.outbox.carry(staged);
    await this.ranks.rebuildAnew(board.leaderboardId);
    return { auditId };
  }

  private async shown(row: ListRow): Promise<RankedList> {
    const { id, definitionId, key, eventKey, windowId, segment, opensAt } = row;
    const [first] = await this.ranks.top(id, 1);
    return {
      leaderboardId: definitionId ?? id,
      kind: definitionId === null ? 'event_leaderboard' : 'leaderboard',
      ...{ key, eventKey, windowId, segment },
      period: definitionId === null ? null : opensAt.toISOString(),
      participants: (await this.ranks.size(id)) ?? (await this.scores.count(id)),
      topScore: first?.score ?? null,
      finalized: false,
    };
  }
}

function cursorOf({ opensAt, id }: ListRow): string {
  return Buffer.from(`${opensAt.toISOString()} ${id}`).toString('base64url');
}

function afterCursor(cursor: string): { opensAt: Date; id: string } {
  const [at = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const opensAt = new Date(at);
  if (Number.isNaN(opensAt.getTime()) || !isUuid(id)) {
    const issue = { path: 'query.cursor', code: 'format', message: 'is no cursor of this list' };
    throw fail('validation_failed', 'query.cursor is no cursor of this list', { issues: [issue] });
  }
  return { opensAt, id };
}
