/** A frame as a client reads it. */
export interface Frame {
  event: string;
  data: Record<string, unknown>;
}

/** A reader of server-sent events that takes frames one by one; comments are passed over. */
export class SseReader {
  private text = '';

  private constructor(
    private readonly reader: ReadableStreamDefaultReader<Uint8Array>,
    private readonly abort: AbortController,
  ) {}

  static async open(url: string, headers: Record<string, string>): Promise<SseReader> {
    const abort = new AbortController();
    const reply = await fetch(url, { headers, signal: abort.signal });
    if (reply.status !== 200) throw new Error(`the stream answered ${reply.status} ${await reply.text()}`);
    return new SseReader(reply.body!.getReader(), abort);
  }

  /** The next frame, or null at the end. */
  async next(): Promise<Frame | null> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.text.slice(0, end);
        this.text = this.text.slice(end + 2);
        if (!block.startsWith(':')) return frameOf(block);
        continue;
      }
      const { done, value } = await this.reader.read();
      if (done) return null;
      this.text += Buffer.from(value).toString('utf8');
    }
  }

  async take(count: number): Promise<Frame[]> {
    const frames: Frame[] = [];
    while (frames.length < count) {
      const frame = await this.next();
      if (!frame) throw new Error(`the stream ended after ${frames.length} of ${count} frames`);
      frames.push(frame);
    }
    return frames;
  }

  close(): void {
    this.abort.abort();
  }
}

function frameOf(block: string): Frame {
  const field = (name: string): string =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))!
      .slice(name.length + 2);
  return { event: field('event'), data: JSON.parse(field('data')) as Record<string, unknown> };
}
