import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import type { SseFrames } from './sse-frames.js';

/** A reader that falls further behind is disconnected (01 §10). Frames. */
export const framesBehindMax = 256;
/** Frames that come all at once need this long to leave, also for a reader that keeps up. Milliseconds. */
const judgeAfterMs = 100;
/** A stream that has ended is let go after this time, whether or not its reader has taken the rest. Milliseconds. */
const leaveWithinMs = 5_000;

/** What keeps a stream alive, and what ends it. */
export type OpenStream = Pick<SseConnection, 'ended' | 'send' | 'end'>;

/** One open server-sent-event response. */
export class SseConnection {
  /** The socket itself where it takes ready-made chunks, past what the response would do for each write. */
  private readonly sink: Writable;
  private readonly takesChunks: boolean;
  /** Frames written so far, and those of them known to have left. */
  private written = 0;
  private left = 0;
  private judging = false;
  private over = false;
  private ending = false;

  constructor(
    private readonly response: ServerResponse,
    headers: Record<string, string>,
    private readonly onEnd: () => void,
  ) {
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    response.flushHeaders();
    response.on('close', () => this.finish());
    response.on('error', () => this.finish());
    // Without a socket the response waits its turn behind another one on the same connection.
    this.takesChunks = response.socket !== null && response.chunkedEncoding;
    this.sink = this.takesChunks ? response.socket! : response;
    // Who left while its board was being looked up is never heard of again.
    if (response.destroyed) this.finish();
  }

  /** Many readers share the same bytes. */
  send(frames: SseFrames): void {
    if (this.over || this.ending) return;
    const { sink } = this;
    const bytes = this.takesChunks ? frames.chunk : frames.bare;
    const keepsUp = sink.writableLength === 0;
    if (keepsUp) this.left = this.written;
    this.written += frames.count;
    const { written } = this;
    // What leaves at once, as nearly all does, needs nobody to say so.
    if (keepsUp) sink.write(bytes);
    else sink.write(bytes, () => (this.left = written));
    if (this.isBehind) this.judgeSoon();
  }

  /** What was sent still leaves, but a reader that does not take it is not waited for. */
  end(): void {
    if (this.over || this.ending) return;
    this.ending = true;
    this.response.end();
    if (this.response.writableLength > 0) setTimeout(() => this.letGo(), leaveWithinMs).unref();
  }

  get ended(): boolean {
    return this.over;
  }

  private get isBehind(): boolean {
    return this.written - this.left > framesBehindMax && this.sink.writableLength > 0;
  }

  /** Behind is who is still that far back after a moment: a busy board sends hundreds of frames in one turn. */
  private judgeSoon(): void {
    if (this.judging) return;
    this.judging = true;
    setTimeout(() => {
      this.judging = false;
      if (this.isBehind) this.response.destroy();
    }, judgeAfterMs).unref();
  }

  private letGo(): void {
    if (!this.over) this.response.destroy();
  }

  private finish(): void {
    if (this.over) return;
    this.over = true;
    this.onEnd();
  }
}
