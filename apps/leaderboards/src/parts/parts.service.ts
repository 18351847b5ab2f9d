import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Database } from '@kraty/platform/persistence';
import type { Board } from '../boards/board.js';
import { BoardsStore } from '../boards/boards.store.js';
import { Rosters } from '../bots/rosters.service.js';
import { PartsStore } from './parts.store.js';
import { partOf, type BoardPeriod } from './part.js';

/** Lists known to exist, so that a write need not make sure again. */
const knownMax = 20_000;

/** The ranked lists that make up a defined board, made when somebody first stands in them. */
@Injectable()
export class Parts {
  private readonly known = new Map<string, Board>();

  constructor(
    private readonly database: Database,
    private readonly boards: BoardsStore,
    private readonly store: PartsStore,
    private readonly rosters: Rosters,
    private readonly clock: Clock,
  ) {}

  /**
   * The list a write goes to, as it began: what is configured later does not change it. Null when its period is closed,
   * which a write can only meet when it comes very late.
   */
  async open(period: BoardPeriod, segment: string | null): Promise<Board | null> {
    const part = partOf(period, segment);
    const known = this.known.get(part.leaderboardId);
    // Once its period has ended the list may have been frozen since, and a write that comes so late must learn of it.
    if (known && !this.hasEnded(known)) return known;
    const { definition, environment } = period;
    const isOpen = await this.database.transaction(async (tx) => {
      if (!(await this.store.openPeriod(tx, definition.leaderboardId, environment, period.period))) return false;
      await this.boards.add(part, tx);
      return true;
    });
    if (!isOpen) return null;
    const board = (await this.boards.find(part.leaderboardId)) ?? part;
    if (board.finalizedAt) return null;
    await this.rosters.open(board);
    if (this.known.size >= knownMax) this.known.clear();
    this.known.set(board.leaderboardId, board);
    return board;
  }

  private hasEnded({ closesAt }: Board): boolean {
    return closesAt !== null && closesAt.getTime() <= this.clock.nowMs();
  }
}
