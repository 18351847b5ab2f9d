import type { Logger } from '@kraty/platform/logging';
import { framesBehindMax, type SseConnection } from './sse-connection.js';
import { lastEvent, SseFrames, type SseFrame } from './sse-frames.js';

/** How long one turn of the process writes to readers; what else waits, requests among it, comes between. Milliseconds. */
const turnMs = 5;
/** The time is looked at after so many readers. */
const readersALook = 16;
/** A board whose readers take long to write to rests as long as that took, at most so long. Milliseconds. */
const restMaxMs = 100;
/** Frames that may wait for a round; a board that has more of them ends its streams, whose readers read it anew. */
const gatheredMax = 10_000;
/** Shorter work is no reason to rest. Milliseconds. */
const restAboveMs = 2;

/** One stream of a board. */
export interface BoardReader {
  connection: SseConnection;
  /** Frames that came before `ready` was sent wait here, so that `ready` is first and nothing is missed. */
  waiting: SseFrames[] | null;
  /** Frames in it, and those that found no room. */
  waitingFrames: number;
}

/** Where a channel hears what happens, and whom it asks how the board stands. */
export interface BoardSource {
  /** Id that frames of the channel's own name. */
  leaderboardId: string;
  /** Subscribes; returns how to stop. */
  listen: (hear: (frames: SseFrame[]) => void) => () => void;
  /** Also says that the board is watched. Errors: `not_found`. */
  describe: () => Promise<{ finalized: boolean }>;
}

/** Readers of one board in this process; they share one subscription and the bytes that are written. */
export class BoardChannel {
  private readonly readers = new Set<BoardReader>();
  private readonly stop: () => void;
  private readonly closed: SseFrames;
  /** Frames that wait to be sent. */
  private gathered: SseFrame[] = [];
  private sending = false;
  /** The end has been told: it comes once, and nothing after it (02 §7.2). */
  private isOver = false;
  /** What the last refresh found. */
  private wasFrozen = false;

  constructor(
    private readonly source: BoardSource,
    private readonly logger: Logger,
  ) {
    this.closed = SseFrames.of({ event: 'closed', data: { leaderboardId: source.leaderboardId, finalized: true } });
    this.stop = source.listen((frames) => this.hear(frames));
  }

  get isEmpty(): boolean {
    return this.readers.size === 0;
  }

  /** A reader on its way in: what comes from now on is kept for it. */
  expect(): BoardReader {
    const reader: BoardReader = { connection: undefined as never, waiting: [], waitingFrames: 0 };
    this.readers.add(reader);
    return reader;
  }

  /** Asked after the subscription, so that nothing falls between. */
  describe(): Promise<{ finalized: boolean }> {
    return this.source.describe();
  }

  greet(reader: BoardReader, finalized: boolean): void {
    const { leaderboardId } = this.source;
    reader.connection.send(SseFrames.of({ event: 'ready', data: { leaderboardId, finalized } }));
    const waiting = reader.waiting ?? [];
    reader.waiting = null;
    if (finalized) return this.finish(reader);
    // It has missed frames before it could read any: it connects anew rather than go on with a gap (06 §7.3).
    if (reader.waitingFrames > framesBehindMax) return reader.connection.end();
    for (const frames of waiting) this.write(reader, frames);
  }

  leave(reader: BoardReader): void {
    this.readers.delete(reader);
    if (this.isEmpty) this.stop();
  }

  /**
   * A reader that missed the last frame learns here that its board is frozen, by the second look that finds it so: the
   * frame is told after the freeze, and may have been on its way at the first.
   */
  async refresh(): Promise<void> {
    try {
      const { finalized } = await this.describe();
      if (finalized && this.wasFrozen) for (const reader of [...this.readers]) this.finish(reader);
      this.wasFrozen = finalized;
    } catch (error) {
      this.logger.debug({ err: error }, 'a watched board could not be refreshed; the next round tries again');
    }
  }

  endAll(): void {
    for (const { connection, waiting } of this.readers) if (!waiting) connection.end();
  }

  private hear(frames: SseFrame[]): void {
    if (this.isOver) return;
    const end = frames.findIndex(({ event }) => event === lastEvent);
    this.isOver = end >= 0;
    this.gathered.push(...(this.isOver ? frames.slice(0, end + 1) : frames));
    if (this.gathered.length > gatheredMax) this.giveUp();
    if (this.sending) return;
    this.sending = true;
    void this.sendGathered();
  }

  /** Nobody may go on with a gap. */
  private giveUp(): void {
    this.gathered = [];
    for (const reader of this.readers) {
      if (reader.waiting) reader.waitingFrames = Infinity;
      else reader.connection.end();
    }
  }

  /**
   * What came together leaves together, and so does what came meanwhile: the more readers, the fewer and larger writes.
   * At most half of the time is spent on them.
   */
  private async sendGathered(): Promise<void> {
    await nextTurn();
    while (this.gathered.length > 0) {
      const beganMs = performance.now();
      await this.send(SseFrames.of(...this.gathered.splice(0)));
      await rest(performance.now() - beganMs);
    }
    this.sending = false;
  }

  private async send(frames: SseFrames): Promise<void> {
    let [sent, untilMs] = [0, performance.now() + turnMs];
    for (const reader of [...this.readers]) {
      if (reader.waiting) keepWaiting(reader, frames);
      else this.write(reader, frames);
      sent += 1;
      if (sent % readersALook !== 0 || performance.now() < untilMs) continue;
      await nextTurn();
      untilMs = performance.now() + turnMs;
    }
  }

  private write(reader: BoardReader, frames: SseFrames): void {
    reader.connection.send(frames);
    if (frames.isLast) this.finish(reader);
  }

  private finish(reader: BoardReader): void {
    if (reader.waiting) return;
    reader.connection.send(this.closed);
    reader.connection.end();
  }
}

/** Past the bound nothing is kept: the reader will be ended. */
function keepWaiting(reader: BoardReader, frames: SseFrames): void {
  reader.waitingFrames += frames.count;
  if (reader.waitingFrames <= framesBehindMax) reader.waiting?.push(frames);
  else reader.waiting = [];
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function rest(tookMs: number): Promise<void> {
  if (tookMs < restAboveMs) return nextTurn();
  return new Promise((resolve) => setTimeout(resolve, Math.min(tookMs, restMaxMs)));
}
