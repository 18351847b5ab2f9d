import type { ServerResponse } from 'node:http';

/** A reader that falls further behind is disconnected (01 §10). Frames. */
export const framesBehindMax = 256;

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
  private over = false;

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
  }

  /** Sends text that was framed before; many readers share one text. */
  send(text: string): void {
    if (this.over) return;
    if (this.behind >= framesBehindMax) {
      this.response.destroy();
      return;
    }
    this.behind += 1;
    this.response.write(text, () => {
      this.behind -= 1;
    });
  }

  end(): void {
    if (!this.over) this.response.end();
  }

  get ended(): boolean {
    return this.over;
  }

  private finish(): void {
    if (this.over) return;
    this.over = true;
    this.onEnd();
  }
}
