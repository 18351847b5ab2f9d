import type { BoardView } from '@kraty/contracts/leaderboards';

/** Rows of one view of a board, serialized and encoded once for all who read it. */
interface KeptView {
  view: string;
  rows: string[];
  /** The rows with commas between them. */
  bytes: Buffer;
  /** Where each row begins in `bytes`, and behind the last comma there would be. */
  offsets: number[];
  size: number;
}

/** Bytes kept in one process; callers choose the parameters, so the number of views alone would bound nothing. */
const bytesMaxDefault = 128 * 1024 * 1024;
/** What an entry costs beside its rows. */
const overheadBytes = 512;

/**
 * Keeps the serialized rows of boards between reads, so that a read whose board has not changed carries only the
 * caller's own row over the bus (06 §7.1). What is kept is never older than the tag the owner has just confirmed.
 * The view read longest ago leaves first.
 */
export class BoardViews {
  private readonly kept = new Map<string, KeptView>();
  private bytes = 0;

  constructor(private readonly bytesMax = bytesMaxDefault) {}

  /** Tag of the rows held for these parameters, or null. */
  tagOf(key: string): string | null {
    return this.kept.get(key)?.view ?? null;
  }

  /** The reply of a read, or null when the owner confirmed a view this process no longer holds. */
  render(key: string, answer: BoardView<object>, externalPlayerId: string | null): Buffer | null {
    const kept = this.keep(key, answer);
    if (!kept) return null;
    const { board, self, progression, joined } = answer;
    const head = JSON.stringify(board).slice(0, -1);
    const tail = JSON.stringify({ self, progression, joined }).slice(1);
    const entries = entriesOf(kept, answer.selfIndex, externalPlayerId);
    return Buffer.concat([Buffer.from(`{"data":${head},"entries":[`), ...entries, Buffer.from(`],${tail}}`)]);
  }

  private keep(key: string, answer: BoardView<object>): KeptView | null {
    const known = this.kept.get(key);
    if (answer.entries === null) {
      if (known?.view !== answer.view) return null;
      this.kept.delete(key);
      this.kept.set(key, known);
      return known;
    }
    const fresh = encoded(answer.view, answer.entries);
    this.drop(key);
    this.kept.set(key, fresh);
    this.bytes += fresh.size;
    this.makeRoom();
    return fresh;
  }

  private makeRoom(): void {
    for (const oldest of this.kept.keys()) {
      if (this.bytes <= this.bytesMax) return;
      this.drop(oldest);
    }
  }

  private drop(key: string): void {
    this.bytes -= this.kept.get(key)?.size ?? 0;
    this.kept.delete(key);
  }
}

function encoded(view: string, rows: string[]): KeptView {
  const offsets = [0];
  for (const row of rows) offsets.push(offsets.at(-1)! + Buffer.byteLength(row) + 1);
  const bytes = Buffer.from(rows.join(','));
  // Rows are held as text too: the own one is marked in it.
  return { view, rows, bytes, offsets, size: 3 * bytes.length + overheadBytes };
}

function entriesOf(
  { rows, bytes, offsets }: KeptView,
  index: number | null,
  externalPlayerId: string | null,
): Buffer[] {
  const row = index === null ? undefined : rows[index];
  if (row === undefined || externalPlayerId === null) return [bytes];
  const own = Buffer.from(selfRow(row, externalPlayerId));
  return [bytes.subarray(0, offsets[index!]), own, bytes.subarray(offsets[index! + 1]! - 1)];
}

/**
 * The row as its own player sees it: marked, and with the external id that others do not see (02 §0). Inside a text of
 * JSON a quote is escaped, so the first of these names is the field itself.
 */
function selfRow(row: string, externalPlayerId: string): string {
  return row
    .replace('"isSelf":false', '"isSelf":true')
    .replace(
      '"player":{"externalPlayerId":null',
      () => `"player":{"externalPlayerId":${JSON.stringify(externalPlayerId)}`,
    );
}
