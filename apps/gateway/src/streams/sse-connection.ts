import type { ServerResponse } from 'node:http';

/** A reader that falls further behind is disconnected (01 §10). Frames. */
export const framesBehindMax = 256;
/** Frames that come all at once need this long to leave, also for a reader that keeps up. Milliseconds. */
const judgeAfterMs = 100;

/** Ends a connection from the server's side, with or without a last frame. */
export interface SseFrame {
  event: string;
  data: unknown;
}

/** Text of one frame: `data` is one line of JSON. */
export function frameText(frame: SseFrame): string {
  return `event: ${frame.event}\ndata: ${JSON.stringify(frame.data)}\n\n`;
}

/** One open server-sent-event response. */
export class SseConnection {
  private behind = 0;
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
    // Who left while its board was being looked up is never heard of again.
    if (response.destroyed) this.finish();
  }

  /** Sends one or more frames that were framed before; many readers share the same bytes. */
  send(text: string | Uint8Array, frames = 1): void {
    if (this.over || this.ending) return;
    this.behind += frames;
    this.response.write(text, () => {
      this.behind -= frames;
    });
    if (this.behind > framesBehindMax) this.judgeSoon();
  }

  end(): void {
    this.ending = true;
    if (!this.over) this.response.end();
  }

  get ended(): boolean {
    return this.over;
  }

  /** Behind is who is still that far back after a moment: a busy board sends hundreds of frames in one turn. */
  private judgeSoon(): void {
    if (this.judging) return;
    this.judging = true;
    setTimeout(() => {
      this.judging = false;
      if (this.behind > framesBehindMax) this.response.destroy();
    }, judgeAfterMs).unref();
  }

  private finish(): void {
    if (this.over) return;
    this.over = true;
    this.onEnd();
  }
}
