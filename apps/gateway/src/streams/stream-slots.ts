/**
 * Which of a player's streams a process must end: those after which enough others were opened and are open still, here
 * or in other processes. Whoever holds a stream has heard of all that opened after it, so that no process needs to know
 * the whole. Pure.
 */
export class StreamSlots {
  /** Streams of this process, oldest first, each with the later ones that are open. */
  private readonly own = new Map<string, Set<string>>();

  constructor(private readonly openMax: number) {}

  /** A stream of this process opens; those that must end for it. */
  openOwn(streamId: string): string[] {
    const ended = this.opened(streamId);
    this.own.set(streamId, new Set());
    return ended;
  }

  /** A stream opened somewhere; those of this process that must end for it. */
  opened(streamId: string): string[] {
    if (this.own.has(streamId)) return [];
    for (const later of this.own.values()) later.add(streamId);
    return [...this.own].filter(([, later]) => later.size >= this.openMax).map(([id]) => id);
  }

  /** A stream ended somewhere. */
  closed(streamId: string): void {
    this.own.delete(streamId);
    for (const later of this.own.values()) later.delete(streamId);
  }
}
