/** The only source of "now": server time, UTC. Injected, so that a test can move it. */
export abstract class Clock {
  /** Epoch milliseconds. */
  abstract nowMs(): number;

  now(): Date {
    return new Date(this.nowMs());
  }
}

export class SystemClock extends Clock {
  nowMs(): number {
    return Date.now();
  }
}

/** Stands still until it is moved. */
export class MovableClock extends Clock {
  private currentMs: number;

  constructor(start: Date = new Date()) {
    super();
    this.currentMs = start.getTime();
  }

  nowMs(): number {
    return this.currentMs;
  }

  set(to: Date): void {
    this.currentMs = to.getTime();
  }

  advance(byMs: number): void {
    this.currentMs += byMs;
  }
}
