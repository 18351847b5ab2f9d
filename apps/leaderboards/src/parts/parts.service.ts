import { Injectable } from '@nestjs/common';
import { Database } from '@kraty/platform/persistence';
import type { Board } from '../boards/board.js';
import { BoardsStore } from '../boards/boards.store.js';
import { Rosters } from '../bots/rosters.service.js';
import { PartsStore } from './parts.store.js';
import { partOf, type BoardPeriod } from './part.js';

/** Lists known to exist, so that a write need not make sure again. */
const knownMax = 50_000;

/** The ranked lists that make up a defined board, made when somebody first stands in them. */
@Injectable()
export class Parts {
  private readonly known = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly boards: BoardsStore,
    private readonly store: PartsStore,
    private readonly rosters: Rosters,
  ) {}

  /** The list a write goes to; null when its period is closed, which a write can only meet when it comes very late. */
  async open(period: BoardPeriod, segment: string | null): Promise<Board | null> {
    const part = partOf(period, segment);
    if (this.known.has(part.leaderboardId)) return part;
    const { definition, environment } = period;
    const isOpen = await this.database.transaction(async (tx) => {
      if (!(await this.store.openPeriod(tx, definition.leaderboardId, environment, period.period))) return false;
      await this.boards.add(part, tx);
      return true;
    });
    if (!isOpen) return null;
    await this.rosters.open(part);
    if (this.known.size >= knownMax) this.known.clear();
    this.known.add(part.leaderboardId);
    return part;
  }
}
