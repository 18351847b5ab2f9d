import type { OpenStream } from './sse-connection.js';
import { SseFrames } from './sse-frames.js';

/** A comment line goes out this often, counted from the opening (01 §10). Milliseconds. */
export const heartbeatMs = 15_000;
/** The wheel is looked at so often, so the first comes at most this much early. Milliseconds. */
export const sweepMs = 250;
const slotsCount = heartbeatMs / sweepMs;

interface Place {
  connection: OpenStream;
  /** Heartbeats until the stream is ended. */
  left: number;
}

/** Open streams by the moment of their next heartbeat: any number of them need one timer, and none of their own. */
export class HeartbeatWheel {
  private readonly slots: Place[][] = Array.from({ length: slotsCount }, () => []);
  private readonly beat = SseFrames.comment('hb');
  /** Slots that have been swept since the start. */
  private swept = 0;

  constructor(private readonly startedMs: number) {}

  add(connection: OpenStream, lifeMs = Infinity): void {
    this.slots[this.swept % slotsCount]!.push({ connection, left: Math.ceil(lifeMs / heartbeatMs) });
  }

  /** Everything that is due; a process that was busy does not skip any. */
  sweep(nowMs: number): void {
    const due = Math.floor((nowMs - this.startedMs) / sweepMs);
    // After a long pause each stream beats once.
    if (due - this.swept > slotsCount) this.swept = due - slotsCount;
    while (this.swept < due) {
      this.swept += 1;
      this.sweepSlot(this.swept % slotsCount);
    }
  }

  private sweepSlot(index: number): void {
    const alive = this.slots[index]!.filter(({ connection }) => !connection.ended);
    this.slots[index] = alive;
    for (const place of alive) {
      place.left -= 1;
      if (place.left > 0) place.connection.send(this.beat);
      else place.connection.end();
    }
  }
}
