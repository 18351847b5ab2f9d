import type { BoardRows } from './board-view.js';

/** Characters kept in one process; callers choose the parameters, so the number of views alone would bound nothing. */
const charactersMaxDefault = 64 * 1024 * 1024;
/** What an entry costs beside its rows. */
const overheadCharacters = 512;

interface Kept {
  version: string;
  rows: BoardRows;
  atMs: number;
  characters: number;
}

/**
 * Serialized rows by board, version and parameters for a short time (06 §7.1): the version is part of the key, so a
 * write is visible in the next read; the time bounds only changes of names and balances. The view stored longest ago
 * leaves first.
 */
export class ViewCache {
  private readonly kept = new Map<string, Kept>();
  private characters = 0;

  constructor(
    private readonly keepMs: number,
    private readonly charactersMax = charactersMaxDefault,
  ) {}

  get(key: string, version: string, nowMs: number): BoardRows | null {
    const kept = this.kept.get(key);
    if (!kept || kept.version !== version || nowMs - kept.atMs >= this.keepMs) return null;
    return kept.rows;
  }

  set(key: string, version: string, rows: BoardRows, nowMs: number): void {
    this.drop(key);
    const characters = rows.rows.reduce((sum, row) => sum + row.length, overheadCharacters + key.length);
    this.kept.set(key, { version, rows, atMs: nowMs, characters });
    this.characters += characters;
    for (const oldest of this.kept.keys()) {
      if (this.characters <= this.charactersMax) return;
      this.drop(oldest);
    }
  }

  private drop(key: string): void {
    this.characters -= this.kept.get(key)?.characters ?? 0;
    this.kept.delete(key);
  }
}
