import { Injectable } from '@nestjs/common';
import type { Operator } from '@kraty/contracts/identity';
import type { NamedList, RemovedEntry } from '@kraty/contracts/leaderboards';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { Outbox, type Staged } from '@kraty/platform/facts';
import { isUuid, uuidV7 } from '@kraty/platform/ids';
import { Database, type Tx } from '@kraty/platform/persistence';
import type { Board } from '../boards/board.js';
import { BoardsStore } from '../boards/boards.store.js';
import { Ranks } from '../ranks/ranks.service.js';
import { ContributionsStore } from '../scores/contributions.store.js';
import { boardActFact } from './board-act.facts.js';
import { RankedListFinder } from './ranked-list-finder.service.js';
import { RemovalsStore } from './removals.store.js';

export interface RemoveEntry extends NamedList {
  participantId: string;
  reason: string;
  operator: Operator;
}

const nothing: Staged = { envelopes: [] };

/** Participants taken off live lists (04 §6). Their row is kept and marked, so that no write can make it anew. */
@Injectable()
export class EntryRemovals {
  constructor(
    private readonly database: Database,
    private readonly finder: RankedListFinder,
    private readonly boards: BoardsStore,
    private readonly contributions: ContributionsStore,
    private readonly store: RemovalsStore,
    private readonly ranks: Ranks,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Repeatable. @throws not_found, conflict (finalized) */
  async remove(command: RemoveEntry): Promise<RemovedEntry> {
    const board = await this.finder.find(command);
    if (!isUuid(command.participantId)) throw unknownEntry();
    const { removed, staged } = await this.database.transaction((tx) => this.removeIn(tx, board, command));
    await this.outbox.carry(staged);
    if (removed.applied) await this.ranks.remake(board.leaderboardId);
    return removed;
  }

  private async removeIn(
    tx: Tx,
    board: Board,
    command: RemoveEntry,
  ): Promise<{ removed: RemovedEntry; staged: Staged }> {
    const { leaderboardId } = board;
    const { participantId, reason, operator } = command;
    // Locks of this context, always in this order: roster, players, board, rows. The board's as a whole, not shared: two
    // removals that share it would each wait for the other to mark its index.
    await this.contributions.lockPlayers(tx, [participantId]);
    const open = await this.boards.lock(tx, leaderboardId);
    if (!open || open.finalizedAt) {
      throw fail('conflict', 'the ranks of this board stand for ever', { reason: 'finalized' });
    }
    const now = this.clock.now();
    const entry = await this.store.remove(tx, leaderboardId, participantId, now);
    if (!entry) throw unknownEntry();
    const { score, applied } = entry;
    if (!applied) return { removed: { participantId, score, applied, auditId: null }, staged: nothing };
    const auditId = uuidV7(now.getTime());
    const acting = { auditId, operator, at: now, leaderboardId: command.leaderboardId };
    const act = { action: 'leaderboard.entry_remove', reason, before: { participantId, score } };
    const fact = boardActFact(acting, board, act);
    return { removed: { participantId, score, applied, auditId }, staged: await this.outbox.stage(tx, [fact]) };
  }
}

function unknownEntry() {
  return fail('not_found', 'there is no such participant on the board', { resource: 'entry' });
}
