/** One event as a client reads it. */
export interface SseFrame {
  event: string;
  data: unknown;
}

/** Nothing but `closed` comes after it. */
export const lastEvent = 'finalized';
const lineEnd = '\r\n';

/**
 * Frames in the bytes in which they go over the wire: made once, written to any number of connections. Most of what a
 * stream costs is one write a reader, so that even the framing of the transfer is not done again for each.
 */
export class SseFrames {
  /** With the framing of HTTP/1.1's chunks. */
  readonly chunk: Buffer;
  /** Without it, for older proxies. */
  readonly bare: Buffer;

  private constructor(
    text: string,
    /** How many frames they are. */
    readonly count: number,
    /** Nothing but `closed` comes after them. */
    readonly isLast: boolean,
  ) {
    const head = Buffer.byteLength(text).toString(16) + lineEnd;
    this.chunk = Buffer.from(head + text + lineEnd);
    this.bare = this.chunk.subarray(head.length, -lineEnd.length);
  }

  static of(...frames: readonly SseFrame[]): SseFrames {
    const isLast = frames.some(({ event }) => event === lastEvent);
    return new SseFrames(frames.map(frameText).join(''), frames.length, isLast);
  }

  /** A line that says nothing but that the stream is alive (01 §10). */
  static comment(text: string): SseFrames {
    return new SseFrames(`: ${text}\n\n`, 1, false);
  }
}

/** `data` is one line of JSON. */
function frameText({ event, data }: SseFrame): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
