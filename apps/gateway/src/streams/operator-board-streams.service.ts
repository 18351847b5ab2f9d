import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import {
  authenticateOperator,
  authorizeOperator,
  type OperatorCredential,
  type RequestOrigin,
} from '@kraty/contracts/identity';
import { describeListStream, listStreamSubject, type NamedList } from '@kraty/contracts/leaderboards';
import { Failure } from '@kraty/platform/errors';
import { Logger } from '@kraty/platform/logging';
import { Messenger } from '@kraty/platform/messaging';
import { RepeatingWorker } from '@kraty/platform/rounds';
import type { BoardSource } from './board-channel.js';
import { BoardChannels } from './board-channels.service.js';
import { Readership } from './readership.js';
import type { SseConnection } from './sse-connection.js';
import { SseFrames } from './sse-frames.js';

/** How often it is looked whether those who watch still may. Milliseconds. */
const accessCheckMs = 4_000;
/** Operators asked about at once. */
const checksAtOnceMax = 50;

/** What a stream was opened with. */
export interface Seat {
  credential: OperatorCredential;
  origin: RequestOrigin;
  game: GameScope;
}

/** Live ranked lists for operators: players, bots and what operators do (04 §13.2). */
@Injectable()
export class OperatorBoardStreams extends RepeatingWorker {
  private readonly readers = new Readership<Seat>();
  private readonly signedOut = SseFrames.of({ event: 'closed', data: { reason: 'session' } });

  constructor(
    private readonly channels: BoardChannels,
    private readonly messenger: Messenger,
    logger: Logger,
  ) {
    super({ name: 'operators at streams', everyMs: accessCheckMs, logger });
  }

  /**
   * @param open makes the connection; called only when there is such a list
   * Errors before the stream opens: `not_found`.
   */
  async open(named: NamedList, seat: Seat, open: (onEnd: () => void) => SseConnection): Promise<void> {
    // Asked twice: only the first answer tells where to listen, and only what is asked after that misses nothing.
    const { listId, period } = await this.messenger.request(describeListStream, named);
    const source = this.sourceOf({ ...named, period }, listId);
    await this.channels.open(`list ${named.leaderboardId} ${listId}`, source, (onEnd) => {
      const connection = open(onEnd);
      this.readers.add(`${seat.game.gameId} ${seat.credential.token}`, seat, connection);
      return connection;
    });
  }

  private sourceOf(named: NamedList, listId: string): BoardSource {
    return {
      leaderboardId: named.leaderboardId,
      listen: (hear) => this.messenger.listen(listStreamSubject(listId), hear),
      describe: () => this.messenger.request(describeListStream, named),
    };
  }

  /** Ends the streams of those who may not watch any more. */
  async round(): Promise<void> {
    const open = this.readers.open();
    for (let at = 0; at < open.length; at += checksAtOnceMax) {
      await Promise.all(open.slice(at, at + checksAtOnceMax).map(([credential, seat]) => this.check(credential, seat)));
    }
  }

  /** Who is signed out is told so; who has lost the permission learns it from the next answer. */
  private async check(credential: string, seat: Seat): Promise<void> {
    const refusal = await this.refusalOf(seat);
    if (refusal !== null) this.readers.end(credential, refusal.status === 401 ? this.signedOut : undefined);
  }

  /** Null also when identity does not answer: streams outlive that. */
  private async refusalOf({ credential, origin, game }: Seat): Promise<Failure | null> {
    try {
      const { operator } = await this.messenger.request(authenticateOperator, { credential, ...origin, idle: true });
      const { studioId, gameId } = game;
      await this.messenger.request(authorizeOperator, { operator, permission: 'leaderboard.read', studioId, gameId });
      return null;
    } catch (error) {
      return error instanceof Failure && error.status < 500 ? error : null;
    }
  }
}
