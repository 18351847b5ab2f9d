import { Injectable } from '@nestjs/common';
import { fail } from '@kraty/platform/errors';
import { Logger } from '@kraty/platform/logging';
import { Boards } from '../boards/boards.service.js';
import { Finalization } from './finalization.service.js';
import { FreezesStore, type ClosedBoard } from './freezes.store.js';
import type { BoardClosing } from './pending-freeze.js';

/** Boards frozen at once by one process: a large one does not keep the small ones waiting. */
const boardsAtOnceMax = 3;
/** Freezes looked up a round; most of them may be in the hands of other processes. */
const boardsARoundMax = 500;
/** Freezes that wait for their turn here; more are found by later rounds. */
const waitingMax = 2_000;

/** Freezes that were told of, until they are done: a process that dies leaves them to the next round of another one. */
@Injectable()
export class Freezes {
  private readonly running = new Map<string, Promise<void>>();
  /** In the order of their turns. */
  private readonly waiting = new Set<string>();
  /** How far rounds have come: those that cannot be done for now do not keep later ones from their turn. */
  private last: ClosedBoard | null = null;
  private readonly stopping = new AbortController();

  constructor(
    private readonly boards: Boards,
    private readonly finalization: Finalization,
    private readonly store: FreezesStore,
    private readonly logger: Logger,
  ) {}

  /** Written down first, so that whoever told of it need not wait or tell again; then begun at once. */
  async begin(closing: BoardClosing): Promise<void> {
    const { leaderboardId } = closing;
    const board = await this.boards.find(leaderboardId);
    if (!board) throw fail('not_found', `board ${leaderboardId} was closed but nobody knows it`);
    await this.store.add(closing);
    this.drive(leaderboardId);
  }

  /** One round; any number of instances may run it. */
  async round(): Promise<void> {
    if (this.waiting.size + boardsARoundMax > waitingMax) return;
    const boards = await this.store.pending(boardsARoundMax, this.last);
    this.last = boards.length < boardsARoundMax ? null : boards.at(-1)!;
    for (const { id } of boards) this.drive(id);
  }

  /** Leaves what is not done where it stands. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running.values());
  }

  private drive(leaderboardId: string): void {
    if (this.running.has(leaderboardId) || this.waiting.size >= waitingMax) return;
    this.waiting.add(leaderboardId);
    this.goOn();
  }

  /** As many as there is room for. */
  private goOn(): void {
    for (const leaderboardId of this.waiting) {
      if (this.stopping.signal.aborted || this.running.size >= boardsAtOnceMax) return;
      this.waiting.delete(leaderboardId);
      const work = this.finalization
        .finalize(leaderboardId, this.stopping.signal)
        .catch((error: unknown) => this.logger.warn({ err: error, leaderboardId }, 'a board is frozen later'))
        .finally(() => {
          this.running.delete(leaderboardId);
          this.goOn();
        });
      this.running.set(leaderboardId, work);
    }
  }
}
