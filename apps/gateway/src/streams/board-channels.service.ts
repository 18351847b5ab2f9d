import { Injectable } from '@nestjs/common';
import { Logger } from '@kraty/platform/logging';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { BoardChannel, type BoardReader, type BoardSource } from './board-channel.js';
import { Heartbeats } from './heartbeats.service.js';
import type { SseConnection } from './sse-connection.js';

/** How often the owner of the boards is told that they are still watched. Milliseconds. */
const watchRefreshMs = 15_000;
/** Boards asked about at once; one that gets no answer must not keep the others until they count as unwatched. */
const watchesAtOnceMax = 50;

/** Live boards over server-sent events, fanned out from one bus subscription a board (06 §7.3). */
@Injectable()
export class BoardChannels extends RepeatingWorker {
  private readonly channels = new Map<string, BoardChannel>();

  constructor(
    private readonly heartbeats: Heartbeats,
    private readonly logger: Logger,
  ) {
    super({ name: 'board watches', everyMs: watchRefreshMs, logger });
  }

  /** Open streams end without `closed`, so that clients connect elsewhere (01 §10). */
  override async beforeApplicationShutdown(): Promise<void> {
    const stopped = super.beforeApplicationShutdown();
    for (const channel of this.channels.values()) channel.endAll();
    await stopped;
  }

  /**
   * Subscribes, then asks for the board's state, so that nothing falls between.
   *
   * @param key names the board and who may read it; readers with the same one share a channel
   * @param open makes the connection; called only when the board exists
   * Errors before the stream opens: `not_found`.
   */
  async open(key: string, source: BoardSource, open: (onEnd: () => void) => SseConnection): Promise<void> {
    const channel = this.channelOf(key, source);
    const reader = channel.expect();
    const leave = (): void => this.leave(key, channel, reader);
    try {
      const { finalized } = await channel.describe();
      reader.connection = open(leave);
      if (!reader.connection.ended) this.greet(channel, reader, finalized);
      // It would keep the server from closing, and nobody would end it any more.
      if (this.stopping) reader.connection.end();
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Boards stay watched while somebody reads their streams. */
  async round(): Promise<void> {
    const channels = [...this.channels.values()];
    for (let at = 0; at < channels.length && !this.stopping; at += watchesAtOnceMax) {
      await Promise.all(channels.slice(at, at + watchesAtOnceMax).map((channel) => channel.refresh()));
    }
  }

  private greet(channel: BoardChannel, reader: BoardReader, finalized: boolean): void {
    this.heartbeats.add(reader.connection);
    channel.greet(reader, finalized);
  }

  /** The bus knows of the subscription before it sees any later request of this process. */
  private channelOf(key: string, source: BoardSource): BoardChannel {
    const known = this.channels.get(key);
    if (known) return known;
    const channel = new BoardChannel(source, this.logger);
    this.channels.set(key, channel);
    return channel;
  }

  private leave(key: string, channel: BoardChannel, reader: BoardReader): void {
    channel.leave(reader);
    // A reader may leave twice, and by then another channel may have taken the place of its own.
    if (channel.isEmpty && this.channels.get(key) === channel) this.channels.delete(key);
  }
}
