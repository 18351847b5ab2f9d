import type { World } from '@kraty/testing/world';

/** A stream read block by block, comments included, exactly as the bytes came. */
export class ByteStream {
  private text = '';

  private constructor(
    readonly headers: Headers,
    private readonly reader: ReadableStreamDefaultReader<Uint8Array>,
    private readonly abort: AbortController,
  ) {}

  static async open(world: World, path: string, key = world.keys.clientLive): Promise<ByteStream> {
    const abort = new AbortController();
    const headers = { authorization: `Bearer ${key}` };
    const reply = await fetch(`${world.url}${path}`, { headers, signal: abort.signal });
    if (reply.status !== 200) throw new Error(`the stream answered ${reply.status} ${await reply.text()}`);
    return new ByteStream(reply.headers, reply.body!.getReader(), abort);
  }

  async block(): Promise<string> {
    const block = await this.blockOrEnd();
    if (block === null) throw new Error('the stream has ended');
    return block;
  }

  /** What stands before the next blank line, or null at the end. */
  async blockOrEnd(): Promise<string | null> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.text.slice(0, end);
        this.text = this.text.slice(end + 2);
        return block;
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
