import type { World } from '@kraty/testing/world';

export interface Frame {
  event: string;
  data: Record<string, unknown>;
}

/** A reader of server-sent events that takes frames one by one; comments are passed over. */
export class BoardStream {
  private text = '';

  private constructor(
    readonly headers: Headers,
    private readonly reader: ReadableStreamDefaultReader<Uint8Array>,
    private readonly abort: AbortController,
  ) {}

  static open(world: World, path: string): Promise<BoardStream> {
    return BoardStream.openAt(`${world.url}${path}`, { authorization: `Bearer ${world.keys.clientLive}` });
  }

  static async openAt(url: string, headers: Record<string, string>): Promise<BoardStream> {
    const abort = new AbortController();
    const reply = await fetch(url, { headers, signal: abort.signal });
    if (reply.status !== 200) throw new Error(`the stream answered ${reply.status} ${await reply.text()}`);
    return new BoardStream(reply.headers, reply.body!.getReader(), abort);
  }

  /** The next frame; throws when the server has ended the stream. */
  async next(): Promise<Frame> {
    const frame = await this.nextOrEnd();
    if (!frame) throw new Error('the stream has ended');
    return frame;
  }

  /** The next frame, or null at the end. */
  async nextOrEnd(): Promise<Frame | null> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.text.slice(0, end);
        this.text = this.text.slice(end + 2);
        if (!block.startsWith(':')) return parse(block);
        continue;
      }
      const { done, value } = await this.reader.read();
      if (done) return null;
      this.text += Buffer.from(value).toString('utf8');
    }
  }

  close(): void {
    this.abort.abort();
  }
}

function parse(block: string): Frame {
  const lines = block.split('\n');
  const field = (name: string): string => lines.find((line) => line.startsWith(`${name}: `))!.slice(name.length + 2);
  return { event: field('event'), data: JSON.parse(field('data')) as Record<string, unknown> };
}
