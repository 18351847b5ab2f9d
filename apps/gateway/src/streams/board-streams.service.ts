import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { describeStream, streamSubject } from '@kraty/contracts/leaderboards';
import { Logger } from '@kraty/platform/logging';
import { Messenger } from '@kraty/platform/messaging';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { ApiKeys } from '../access/api-keys.service.js';
import type { BoardSource } from './board-channel.js';
import { BoardChannels } from './board-channels.service.js';
import { Readership } from './readership.js';
import type { SseConnection } from './sse-connection.js';

/** How often open streams are compared with their keys, beside the facts. Milliseconds. */
const keyCheckMs = 4_000;

/** Live event boards as clients read them (02 §7.2). */
@Injectable()
export class BoardStreams extends RepeatingWorker implements OnModuleInit {
  /** Open streams by the prefix of their key. */
  private readonly readers = new Readership<null>();

  constructor(
    private readonly channels: BoardChannels,
    private readonly messenger: Messenger,
    private readonly keys: ApiKeys,
    logger: Logger,
  ) {
    super({ name: 'keys of streams', everyMs: keyCheckMs, logger });
  }

  onModuleInit(): void {
    this.keys.onChange(() => void this.round());
  }

  /**
   * @param open makes the connection; called only when the board exists
   * Errors before the stream opens: `not_found`.
   */
  async open(
    scope: Scope,
    leaderboardId: string,
    keyPrefix: string,
    open: (onEnd: () => void) => SseConnection,
  ): Promise<void> {
    const key = `${scope.gameId} ${scope.environment} ${leaderboardId}`;
    await this.channels.open(key, this.sourceOf(scope, leaderboardId), (onEnd) => {
      const connection = open(onEnd);
      this.readers.add(keyPrefix, null, connection);
      return connection;
    });
  }

  private sourceOf(scope: Scope, leaderboardId: string): BoardSource {
    return {
      leaderboardId,
      listen: (hear) => this.messenger.listen(streamSubject(leaderboardId), hear),
      describe: () => this.messenger.request(describeStream, { scope, leaderboardId }),
    };
  }

  /** A stream ends within 5 s of its key's end (01 §10). */
  async round(): Promise<void> {
    for (const [prefix] of this.readers.open()) {
      const key = await Promise.resolve(this.keys.find(prefix)).catch(() => undefined);
      if (key === undefined || (key !== null && this.keys.isAlive(key))) continue;
      this.readers.end(prefix);
    }
  }
}
