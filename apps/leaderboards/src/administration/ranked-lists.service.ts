import { Injectable } from '@nestjs/common';
import { actedBy, operatorActed, type Operator, type OperatorAct } from '@kraty/contracts/identity';
import type { ListRankedLists, NamedList, RankedList, ScoreBucket } from '@kraty/contracts/leaderboards';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { Outbox } from '@kraty/platform/facts';
import { isUuid, uuidV7 } from '@kraty/platform/ids';
import { Database } from '@kraty/platform/persistence';
import { belongsTo, type Board } from '../boards/board.js';
import { BoardsStore } from '../boards/boards.store.js';
import { DefinitionsStore } from '../definitions/definitions.store.js';
import { partId, periodOf } from '../parts/part.js';
import { Ranks } from '../ranks/ranks.service.js';
import { unknownBoard } from '../reads/reads.service.js';
import { ScoresStore } from '../scores/scores.store.js';
import { RankedListsStore, type ListRow } from './ranked-lists.store.js';

/** Ranked lists as operators look at them (04 §6). */
@Injectable()
export class RankedLists {
  constructor(
    private readonly database: Database,
    private readonly store: RankedListsStore,
    private readonly boards: BoardsStore,
    private readonly definitions: DefinitionsStore,
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
    const { leaderboardId } = await this.find(named);
    return { buckets: await this.store.distribution(leaderboardId, buckets) };
  }

  /** Errors: `not_found`, `conflict` (not_live). */
  async rebuild(named: NamedList & { operator: Operator }): Promise<{ auditId: string }> {
    const board = await this.find(named);
    if (board.finalizedAt) throw fail('conflict', 'a frozen board has no index', { reason: 'not_live' });
    const now = this.clock.now();
    const { studioId, gameId, environment } = named.scope;
    const act: OperatorAct = {
      ...actedBy(named.operator),
      ...{ auditId: uuidV7(now.getTime()), studioId, gameId, environment },
      action: 'leaderboard.rebuild',
      target: { type: 'leaderboard', id: named.leaderboardId, label: board.event?.eventKey ?? null },
      ...{ reason: null, metadata: { segment: board.segment }, before: null, after: null },
      actedAt: now.toISOString(),
    };
    const fact = {
      type: operatorActed.leaderboards,
      scope: named.scope,
      aggregateId: act.auditId,
      revision: 1,
      payload: act,
    };
    const staged = await this.database.transaction((tx) => this.outbox.stage(tx, [fact]));
    await this.outbox.carry(staged);
    await this.ranks.rebuildAnew(board.leaderboardId);
    return { auditId: act.auditId };
  }

  private async find({ scope, leaderboardId, period, segment }: NamedList): Promise<Board> {
    if (!isUuid(leaderboardId)) throw unknownBoard();
    const board = await this.boards.find(leaderboardId);
    if (board?.event && belongsTo(board, scope)) return board;
    const definition = await this.definitions.find(leaderboardId);
    if (definition?.gameId !== scope.gameId) throw unknownBoard();
    const atMs = period === null ? this.clock.nowMs() : Date.parse(period);
    const { startMs } = periodOf(definition, scope.environment, atMs).period;
    const part = await this.boards.find(partId(leaderboardId, scope.environment, startMs, segment));
    if (!part) throw unknownBoard();
    return part;
  }

  private async shown(row: ListRow): Promise<RankedList> {
    const { id, definitionId, key, eventKey, windowId, segment, opensAt, topScore } = row;
    return {
      leaderboardId: definitionId ?? id,
      kind: definitionId === null ? 'event_leaderboard' : 'leaderboard',
      ...{ key, eventKey, windowId, segment },
      period: definitionId === null ? null : opensAt.toISOString(),
      participants: (await this.ranks.size(id)) ?? (await this.scores.count(id)),
      topScore,
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
