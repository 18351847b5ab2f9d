import { Injectable } from '@nestjs/common';
import { fail } from '@kraty/platform/errors';
import { Logger } from '@kraty/platform/logging';
import { Boards } from '../boards/boards.service.js';
import { Finalization } from './finalization.service.js';
import { FreezesStore } from './freezes.store.js';
import type { BoardClosing } from './pending-freeze.js';

/** Boards frozen at once by one process: a large one does not keep the small ones waiting. */
const boardsAtOnceMax = 3;
/** Freezes looked at a round; most of them may be in the hands of other processes. */
const boardsARoundMax = 50;

/** Freezes that were told of, until they are done: a process that dies leaves them to the next round of another one. */
@Injectable()
export class Freezes {
  private readonly running = new Map<string, Promise<void>>();
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
    for (const leaderboardId of await this.store.pending(boardsARoundMax)) this.drive(leaderboardId);
  }

  /** Leaves what is not done where it stands. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running.values());
  }

  private drive(leaderboardId: string): void {
    if (this.stopping.signal.aborted || this.running.size >= boardsAtOnceMax || this.running.has(leaderboardId)) return;
    const work = this.finalization
      .finalize(leaderboardId, this.stopping.signal)
      .catch((error: unknown) => this.logger.warn({ err: error, leaderboardId }, 'a board is frozen later'))
      .finally(() => this.running.delete(leaderboardId));
    this.running.set(leaderboardId, work);
  }
}
