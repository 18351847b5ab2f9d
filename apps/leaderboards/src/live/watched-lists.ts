/** How long a list counts as watched after somebody said so; gateways say it every 15 s. Milliseconds. */
const watchedMs = 40_000;
/** Lists remembered; operators are few. */
const listsMax = 10_000;

/** Lists that operators watch, each for a while. Pure. */
export class WatchedLists {
  /** Until when, in the order in which it was last said. */
  private readonly untilMs = new Map<string, number>();

  get isEmpty(): boolean {
    return this.untilMs.size === 0;
  }

  note(listId: string, nowMs: number): void {
    this.untilMs.delete(listId);
    this.untilMs.set(listId, nowMs + watchedMs);
    for (const [oldest, until] of this.untilMs) {
      if (until > nowMs && this.untilMs.size <= listsMax) break;
      this.untilMs.delete(oldest);
    }
  }

  has(listId: string, nowMs: number): boolean {
    const until = this.untilMs.get(listId);
    if (until === undefined) return false;
    if (until > nowMs) return true;
    this.untilMs.delete(listId);
    return false;
  }
}
