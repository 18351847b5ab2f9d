import type { BoardRows } from './board-view.js';

/** Views kept in one process; the one stored longest ago leaves first. */
const viewsMax = 5_000;

/**
 * Serialized rows by board, version and parameters for a short time (06 §7.1): the version is part of the key, so a
 * write is visible in the next read; the time bounds only changes of names and balances.
 */
export class ViewCache {
  private readonly kept = new Map<string, { version: string; rows: BoardRows; atMs: number }>();

  constructor(private readonly keepMs: number) {}

  get(key: string, version: string, nowMs: number): BoardRows | null {
    const kept = this.kept.get(key);
    if (!kept || kept.version !== version || nowMs - kept.atMs >= this.keepMs) return null;
    return kept.rows;
  }

  set(key: string, version: string, rows: BoardRows, nowMs: number): void {
    this.kept.delete(key);
    if (this.kept.size >= viewsMax) {
      const oldest = this.kept.keys().next();
      if (!oldest.done) this.kept.delete(oldest.value);
    }
    this.kept.set(key, { version, rows, atMs: nowMs });
  }
}
