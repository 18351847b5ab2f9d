/** Length of a rate-limit window in milliseconds; windows begin at whole minutes of the server's clock. */
export const windowMs = 60_000;

/** Part of a limit that one process takes from the shared count at a time: bounds what idle processes hold back. */
const leaseShare = 0.02;
const leaseMax = 5_000;

/** What is left of a bucket in the running window. */
export interface Allowance {
  allowed: boolean;
  limit: number;
  remaining: number;
  /** Whole seconds to the end of the window, at least 1. */
  resetSeconds: number;
}

/** One process's part of one bucket in one window. Never lets more pass than the shared count has granted. */
export class Lease {
  private granted = 0;
  private used = 0;
  /** What all processes together have taken, as of the last answer. */
  private takenByAll = 0;
  private exhausted = false;

  /** @param sizeMax most requests to take at a time; 1 for a lease that nobody keeps */
  constructor(
    readonly limit: number,
    private readonly sizeMax = leaseMax,
  ) {}

  /** Requests to take from the shared count when the process has none left. */
  get size(): number {
    return Math.min(this.sizeMax, Math.max(1, Math.ceil(this.limit * leaseShare)));
  }

  /** `lease` = ask the shared count for `size` more and call `extend`. */
  take(): 'allowed' | 'refused' | 'lease' {
    if (this.used < this.granted) {
      this.used += 1;
      return 'allowed';
    }
    return this.exhausted ? 'refused' : 'lease';
  }

  /** @param total the shared count after `asked` were added to it */
  extend(asked: number, total: number): void {
    const before = total - asked;
    const grant = Math.max(0, Math.min(asked, this.limit - before));
    this.granted += grant;
    this.takenByAll = Math.min(total, this.limit);
    if (grant === 0) this.exhausted = true;
  }

  get remaining(): number {
    return Math.max(0, this.limit - this.takenByAll + (this.granted - this.used));
  }
}

/** Whole seconds to the end of the window that holds `nowMs`. */
export function resetSeconds(nowMs: number): number {
  return Math.max(1, Math.ceil((windowMs - (nowMs % windowMs)) / 1_000));
}
