import type { EventBoardView } from '@kraty/contracts/leaderboards';

/** Rows of one view of a board, serialized; the joined text is made once. */
interface KeptView {
  view: string;
  rows: string[];
  text: string;
  characters: number;
}

/** Characters kept in one process; callers choose the parameters, so the number of views alone would bound nothing. */
const charactersMaxDefault = 64 * 1024 * 1024;
/** What an entry costs beside its rows. */
const overheadCharacters = 512;

/**
 * Keeps the serialized rows of boards between reads, so that a read whose board has not changed carries only the
 * caller's own row over the bus (06 §7.1). What is kept is never older than the tag the owner has just confirmed.
 * The view read longest ago leaves first.
 */
export class BoardViews {
  private readonly kept = new Map<string, KeptView>();
  private characters = 0;

  constructor(private readonly charactersMax = charactersMaxDefault) {}

  /** Tag of the rows held for these parameters, or null. */
  tagOf(key: string): string | null {
    return this.kept.get(key)?.view ?? null;
  }

  /**
   * The reply text of a read, or null when the owner confirmed a view this process no longer holds.
   *
   */
  render(key: string, answer: EventBoardView, externalPlayerId: string | null): string | null {
    const kept = this.keep(key, answer);
    if (!kept) return null;
    const { leaderboardId, mode, finalized, finalizedReason } = answer.board;
    const self = answer.self && { rank: answer.self.rank, score: answer.self.score };
    const head = JSON.stringify({ leaderboardId, mode, finalized, finalizedReason }).slice(0, -1);
    const entries = this.entriesText(kept, answer.self?.index ?? null, externalPlayerId);
    return `{"data":${head},"entries":[${entries}],"self":${JSON.stringify(self)}}}`;
  }

  private keep(key: string, answer: EventBoardView): KeptView | null {
    const known = this.kept.get(key);
    if (answer.entries === null) {
      if (known?.view !== answer.view) return null;
      this.kept.delete(key);
      this.kept.set(key, known);
      return known;
    }
    const text = answer.entries.join(',');
    const fresh = { view: answer.view, rows: answer.entries, text, characters: 2 * text.length + overheadCharacters };
    this.drop(key);
    this.kept.set(key, fresh);
    this.characters += fresh.characters;
    this.makeRoom();
    return fresh;
  }

  private entriesText(kept: KeptView, index: number | null, externalPlayerId: string | null): string {
    const row = index === null ? undefined : kept.rows[index];
    if (row === undefined || externalPlayerId === null) return kept.text;
    const rows = [...kept.rows];
    rows[index!] = selfRow(row, externalPlayerId);
    return rows.join(',');
  }

  private makeRoom(): void {
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

/** The row as its own player sees it: marked, and with the external id that others do not see (02 §0). */
function selfRow(row: string, externalPlayerId: string): string {
  const entry = JSON.parse(row) as { isSelf: boolean; player: { externalPlayerId: string | null } | null };
  entry.isSelf = true;
  if (entry.player) entry.player.externalPlayerId = externalPlayerId;
  return JSON.stringify(entry);
}
