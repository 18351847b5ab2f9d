import { createHash, createHmac } from 'node:crypto';

const drawBytes = 6;
const drawSpace = 2 ** 48;

/** The seed of one payout (07 §3): the same secret and key give the same 32 bytes on every machine. */
export function rollSeed(rollSecret: Uint8Array, payoutKey: string): Buffer {
  return createHmac('sha256', rollSecret).update(`roll:v1:${payoutKey}`, 'utf8').digest();
}

/** The numbers of one roll, drawn in order from an endless stream of SHA-256 blocks. */
export class RollStream {
  private block: Buffer = Buffer.alloc(0);
  private blockIndex = 0;
  private offset = 0;
  private drawn = 0;

  constructor(private readonly seed: Uint8Array) {}

  /** How many 48-bit numbers have been taken. */
  get draws(): number {
    return this.drawn;
  }

  /** The next six bytes as a big-endian number below 2^48. */
  draw48(): number {
    this.drawn += 1;
    let value = 0;
    for (let index = 0; index < drawBytes; index += 1) value = value * 256 + this.nextByte();
    return value;
  }

  /**
   * An integer in 0 … n-1, all equally likely. Numbers above the last whole multiple of n are thrown away,
   * or small results would come up more often. `uniform(1)` consumes nothing.
   *
   * @param n 1 … 2^48
   */
  uniform(n: number): number {
    if (n === 1) return 0;
    const limit = drawSpace - (drawSpace % n);
    for (;;) {
      const drawnNumber = this.draw48();
      if (drawnNumber < limit) return drawnNumber % n;
    }
  }

  private nextByte(): number {
    if (this.offset === this.block.length) this.fill();
    const byte = this.block.readUInt8(this.offset);
    this.offset += 1;
    return byte;
  }

  private fill(): void {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.blockIndex);
    this.block = createHash('sha256').update(this.seed).update(counter).digest();
    this.blockIndex += 1;
    this.offset = 0;
  }
}
