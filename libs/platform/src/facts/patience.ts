/** Pauses between attempts while something is away: short at first, never longer than the last. */
const pausesMs = [50, 200, 1_000, 2_000, 5_000] as const;

export class Patience {
  private attempts = 0;

  /** Waits a little longer each time; ends early when `signal` is aborted. */
  async wait(signal: AbortSignal): Promise<void> {
    const pauseMs = pausesMs[Math.min(this.attempts, pausesMs.length - 1)];
    this.attempts += 1;
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, pauseMs);
      signal.addEventListener('abort', done);
    });
  }

  /** Things work again. */
  restore(): void {
    this.attempts = 0;
  }
}
