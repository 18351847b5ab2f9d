/** A frame of one holding; revisions of a holding are consecutive. */
export interface Revised {
  /** `type:key`. */
  holding: string;
  revision: number;
}

/**
 * Puts the frames of a player's holdings in order. Writers publish after their commit, so that frames of two processes
 * may overtake each other; one that never comes was lost, and then the reader must read the lists again (08 §9). Pure.
 */
export class HoldingOrder<F extends Revised> {
  private readonly early = new Map<string, F[]>();
  private waiting = 0;

  /** @param reached by holding: frames up to there were told before */
  constructor(
    private readonly reached: Map<string, number>,
    private readonly waitingMax: number,
  ) {}

  /** Frames that are next, in order; empty for one that was told before, or that comes too early. */
  take(frame: F): F[] {
    const next = this.reachedOf(frame.holding) + 1;
    if (frame.revision < next) return [];
    if (frame.revision > next) return this.keepEarly(frame);
    this.reached.set(frame.holding, frame.revision);
    return [frame, ...this.nowNext(frame.holding)];
  }

  /** Frames are missing before those that wait. */
  get hasGap(): boolean {
    return this.waiting > 0;
  }

  /** More wait than a reader should ever be behind. */
  get isOverfull(): boolean {
    return this.waiting > this.waitingMax;
  }

  private keepEarly(frame: F): F[] {
    const early = this.early.get(frame.holding) ?? [];
    if (early.some(({ revision }) => revision === frame.revision)) return [];
    this.early.set(frame.holding, [...early, frame]);
    this.waiting += 1;
    return [];
  }

  private nowNext(holding: string): F[] {
    const next = this.reachedOf(holding) + 1;
    const early = this.early.get(holding) ?? [];
    const frame = early.find(({ revision }) => revision === next);
    if (!frame) return [];
    this.waiting -= 1;
    this.early.set(
      holding,
      early.filter((other) => other !== frame),
    );
    return this.take(frame);
  }

  private reachedOf(holding: string): number {
    return this.reached.get(holding) ?? 0;
  }
}
