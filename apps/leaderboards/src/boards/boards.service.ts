import { Injectable, type OnModuleInit } from '@nestjs/common';
import { describeEventBoard, type EventBoardDescription } from '@kraty/contracts/events';
import { boardFinalized, leaderboardPeriodClosed } from '@kraty/contracts/leaderboards';
import { Messenger } from '@kraty/platform/messaging';
import { Rosters } from '../bots/rosters.service.js';
import { boardOf, type Board } from './board.js';
import { BoardsStore } from './boards.store.js';

/** Boards kept in process; the one looked up longest ago leaves first. */
const boardsMax = 20_000;

/** Which boards exist. A board not heard of yet is asked for, so no message has to come first. */
@Injectable()
export class Boards implements OnModuleInit {
  private readonly known = new Map<string, Board>();
  /** Counts what was forgotten: an answer that was on its way meanwhile may be the old one and is not kept. */
  private forgotten = 0;

  constructor(
    private readonly store: BoardsStore,
    private readonly rosters: Rosters,
    private readonly messenger: Messenger,
  ) {}

  onModuleInit(): void {
    this.messenger.onFact(boardFinalized, (fact) => this.forget(fact.payload.leaderboardId));
    this.messenger.onFact(leaderboardPeriodClosed, (fact) => this.forgetParts(fact.payload.leaderboardId));
    this.messenger.onReconnect(() => {
      this.forgotten += 1;
      this.known.clear();
    });
  }

  async open(description: EventBoardDescription): Promise<void> {
    const board = boardOf(description);
    await this.store.add(board);
    await this.rosters.open(board);
  }

  /** Null when there is no such board anywhere. */
  async find(leaderboardId: string): Promise<Board | null> {
    const known = this.known.get(leaderboardId);
    if (known) return known;
    const { forgotten } = this;
    const board = (await this.store.find(leaderboardId)) ?? (await this.askForBoard(leaderboardId));
    if (board && forgotten === this.forgotten) this.keep(board);
    return board;
  }

  /** One period and segment of a defined board; null when nobody stands in it. */
  async findPart(leaderboardId: string): Promise<Board | null> {
    const known = this.known.get(leaderboardId);
    if (known) return known;
    const { forgotten } = this;
    const board = await this.store.find(leaderboardId);
    if (board && forgotten === this.forgotten) this.keep(board);
    return board;
  }

  private forgetParts(definitionId: string): void {
    this.forgotten += 1;
    for (const [id, board] of this.known) if (board.definitionId === definitionId) this.known.delete(id);
  }

  forget(leaderboardId: string): void {
    this.forgotten += 1;
    this.known.delete(leaderboardId);
  }

  private async askForBoard(leaderboardId: string): Promise<Board | null> {
    const { board } = await this.messenger.request(describeEventBoard, { leaderboardId });
    if (!board) return null;
    await this.open(board);
    return this.store.find(leaderboardId);
  }

  private keep(board: Board): void {
    if (this.known.size >= boardsMax) {
      const oldest = this.known.keys().next();
      if (!oldest.done) this.known.delete(oldest.value);
    }
    this.known.set(board.leaderboardId, board);
  }
}
