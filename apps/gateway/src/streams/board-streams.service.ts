import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { describeStream, streamSubject, type StreamFrame } from '@kraty/contracts/leaderboards';
import { Logger } from '@kraty/platform/logging';
import { Messenger } from '@kraty/platform/messaging';
import { Rounds } from '@kraty/platform/rounds';
import { ApiKeys } from '../access/api-keys.service.js';
import { framesBehindMax, frameText, type SseConnection } from './sse-connection.js';

/** A comment line goes out this often, counted from the opening (01 §10). Milliseconds. */
const heartbeatMs = 15_000;
/** How often the owner of the boards is told that they are still watched. Milliseconds. */
const watchRefreshMs = 15_000;
/** Boards asked about at once; one that gets no answer must not keep the others until they count as unwatched. */
const watchesAtOnceMax = 50;
/** Readers written to in one turn of the process; what else waits, requests among it, comes between. */
const readersATurn = 500;
/** How often open streams are compared with their keys, beside the facts. Milliseconds. */
const keyCheckMs = 4_000;

/** Readers of one board in this process; they share one subscription. */
interface Channel {
  scope: Scope;
  leaderboardId: string;
  readers: Set<Reader>;
  /** Frames that wait to be sent. */
  gathered: StreamFrame[];
  sending: boolean;
  close: () => void;
}

export interface Reader {
  connection: SseConnection;
  keyPrefix: string;
  /** Frames that came before `ready` was sent wait here, so that `ready` is first and nothing is missed. */
  waiting: string[] | null;
  /** Frames in it, and those that found no room. */
  waitingFrames: number;
}

/** Live boards over server-sent events, fanned out from one bus subscription a board (06 §7.3). */
@Injectable()
export class BoardStreams implements OnModuleInit, BeforeApplicationShutdown {
  private readonly channels = new Map<string, Channel>();
  private readonly readers = new Set<Reader>();
  private readonly watching: Rounds;
  private keyCheck: NodeJS.Timeout | undefined;
  private stopping = false;

  constructor(
    private readonly messenger: Messenger,
    private readonly keys: ApiKeys,
    private readonly logger: Logger,
  ) {
    const round = (): Promise<void> => this.refreshWatches();
    this.watching = new Rounds({ name: 'board watches', everyMs: watchRefreshMs, round, logger });
  }

  onModuleInit(): void {
    this.watching.start();
    this.keyCheck = setInterval(() => void this.endRevoked(), keyCheckMs).unref();
    this.keys.onChange(() => void this.endRevoked());
  }

  /** Open streams end without `closed`, so that clients connect elsewhere (01 §10). */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearInterval(this.keyCheck);
    for (const reader of this.readers) reader.connection.end();
    await this.watching.stop();
  }

  /**
   * Subscribes, then asks for the board's state, so that nothing falls between.
   *
   * @param open makes the connection; called only when the board exists
   * Errors before the stream opens: `not_found`.
   */
  async open(
    scope: Scope,
    leaderboardId: string,
    keyPrefix: string,
    open: (onEnd: () => void) => SseConnection,
  ): Promise<void> {
    const channel = this.channelOf(scope, leaderboardId);
    const gathering: string[] = [];
    const reader: Reader = { connection: undefined as never, keyPrefix, waiting: gathering, waitingFrames: 0 };
    channel.readers.add(reader);
    try {
      const { finalized } = await this.messenger.request(describeStream, { scope, leaderboardId });
      reader.connection = open(() => this.leave(channel, reader));
      if (!reader.connection.ended) this.greet(reader, leaderboardId, finalized);
      // It would keep the server from closing, and nobody would end it any more.
      if (this.stopping) reader.connection.end();
    } catch (error) {
      this.leave(channel, reader);
      throw error;
    }
  }

  private greet(reader: Reader, leaderboardId: string, finalized: boolean): void {
    this.readers.add(reader);
    this.beat(reader);
    reader.connection.send(frameText({ event: 'ready', data: { leaderboardId, finalized } }));
    const waiting = reader.waiting ?? [];
    reader.waiting = null;
    if (finalized) return this.close(reader, leaderboardId);
    // It has missed frames before it could read any: it connects anew rather than go on with a gap (06 §7.3).
    if (reader.waitingFrames > framesBehindMax) return reader.connection.end();
    for (const text of waiting) reader.connection.send(text);
    if (waiting.some((text) => text.includes('event: finalized\n'))) this.close(reader, leaderboardId);
  }

  private beat(reader: Reader): void {
    const timer = setInterval(() => {
      if (reader.connection.ended) clearInterval(timer);
      else reader.connection.send(': hb\n\n');
    }, heartbeatMs).unref();
  }

  private close(reader: Reader, leaderboardId: string): void {
    if (reader.waiting) return;
    reader.connection.send(frameText({ event: 'closed', data: { leaderboardId, finalized: true } }));
    reader.connection.end();
  }

  /** The bus knows of the subscription before it sees any later request of this process. */
  private channelOf(scope: Scope, leaderboardId: string): Channel {
    const key = channelKey(scope, leaderboardId);
    const known = this.channels.get(key);
    if (known) return known;
    const channel: Channel = {
      scope,
      leaderboardId,
      readers: new Set(),
      gathered: [],
      sending: false,
      close: () => undefined,
    };
    channel.close = this.messenger.listen(streamSubject(leaderboardId), (frames: StreamFrame[]) =>
      this.deliver(channel, frames),
    );
    this.channels.set(key, channel);
    return channel;
  }

  private deliver(channel: Channel, frames: StreamFrame[]): void {
    channel.gathered.push(...frames);
    if (channel.sending) return;
    channel.sending = true;
    void this.sendGathered(channel);
  }

  /** What came together leaves together, and so does what came meanwhile: the more readers, the fewer and larger writes. */
  private async sendGathered(channel: Channel): Promise<void> {
    while (channel.gathered.length > 0) {
      await nextTurn();
      await this.send(channel, channel.gathered.splice(0));
    }
    channel.sending = false;
  }

  /** Made into text once, however many readers. */
  private async send(channel: Channel, frames: StreamFrame[]): Promise<void> {
    const text = frames.map(frameText).join('');
    const bytes = Buffer.from(text);
    const isLast = frames.some(({ event }) => event === 'finalized');
    let sent = 0;
    for (const reader of [...channel.readers]) {
      if (!reader.waiting) reader.connection.send(bytes, frames.length);
      else keepWaiting(reader, text, frames.length);
      if (isLast) this.close(reader, channel.leaderboardId);
      sent += 1;
      if (sent % readersATurn === 0) await nextTurn();
    }
  }

  private leave(channel: Channel, reader: Reader): void {
    this.readers.delete(reader);
    channel.readers.delete(reader);
    if (channel.readers.size > 0) return;
    const key = channelKey(channel.scope, channel.leaderboardId);
    // A reader may leave twice, and by then another channel may have taken the place of its own.
    if (this.channels.get(key) === channel) this.channels.delete(key);
    channel.close();
  }

  /** Boards stay watched while somebody reads their streams. */
  async refreshWatches(): Promise<void> {
    const channels = [...this.channels.values()];
    for (let at = 0; at < channels.length && !this.stopping; at += watchesAtOnceMax) {
      await Promise.all(channels.slice(at, at + watchesAtOnceMax).map((channel) => this.refreshWatch(channel)));
    }
  }

  /** A reader that missed the last frame learns here that its board is frozen. */
  private async refreshWatch({ scope, leaderboardId, readers }: Channel): Promise<void> {
    try {
      const { finalized } = await this.messenger.request(describeStream, { scope, leaderboardId });
      if (finalized) for (const reader of [...readers]) this.close(reader, leaderboardId);
    } catch (error) {
      this.logger.debug({ err: error }, 'a watched board could not be refreshed; the next round tries again');
    }
  }

  /** A stream ends within 5 s of its key's end (01 §10). */
  private async endRevoked(): Promise<void> {
    const prefixes = new Set([...this.readers].map((reader) => reader.keyPrefix));
    for (const prefix of prefixes) {
      const key = await Promise.resolve(this.keys.find(prefix)).catch(() => undefined);
      if (key === undefined || (key !== null && this.keys.isAlive(key))) continue;
      for (const reader of this.readers) if (reader.keyPrefix === prefix) reader.connection.end();
    }
  }
}

/** Past the bound nothing is kept: the reader will be ended. */
function keepWaiting(reader: Reader, text: string, frames: number): void {
  reader.waitingFrames += frames;
  if (reader.waitingFrames <= framesBehindMax) reader.waiting?.push(text);
  else reader.waiting = [];
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function channelKey(scope: Scope, leaderboardId: string): string {
  return `${scope.gameId} ${scope.environment} ${leaderboardId}`;
}
