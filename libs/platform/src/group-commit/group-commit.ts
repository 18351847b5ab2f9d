import { busy, isTransient } from '../errors/index.js';

export interface GroupCommitOptions<C, R> {
  /** Batches that may be in flight at once; commands of one key always use one lane, in their order. */
  lanes: number;
  batchMax: number;
  /** Commands that may wait in a lane; beyond it the caller is told that the system is busy. */
  waitingMax: number;
  keyOf: (command: C) => string;
  /** Writes all of a batch or none of it. One result a command, in order. */
  write: (batch: C[]) => Promise<Settled<R>[]>;
}

export type Settled<R> = { ok: true; value: R } | { ok: false; error: unknown };

/** What becomes of work whose failure is not yet anybody's. Never throws. */
export async function settled<R>(work: Promise<R>): Promise<Settled<R>> {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    return { ok: false, error };
  }
}

interface Waiting<C, R> {
  command: C;
  resolve: (value: R) => void;
  reject: (error: unknown) => void;
}

/**
 * Natural batching: what arrives while a batch is being written becomes the next batch. A lone command is written at
 * once, and a flood is written in large groups, without a timer in between.
 */
export class GroupCommit<C, R> {
  private readonly lanes: Lane<C, R>[];

  constructor(private readonly options: GroupCommitOptions<C, R>) {
    this.lanes = Array.from({ length: options.lanes }, () => new Lane(options));
  }

  submit(command: C): Promise<R> {
    const lane = this.lanes[laneOf(this.options.keyOf(command), this.lanes.length)];
    if (lane === undefined) throw new Error('a group commit needs at least one lane');
    return lane.submit(command);
  }
}

class Lane<C, R> {
  private waiting: Waiting<C, R>[] = [];
  private running = false;

  constructor(private readonly options: GroupCommitOptions<C, R>) {}

  submit(command: C): Promise<R> {
    if (this.waiting.length >= this.options.waitingMax) return Promise.reject(busy());
    return new Promise<R>((resolve, reject) => {
      this.waiting.push({ command, resolve, reject });
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    // What arrives in the same turn of the event loop travels together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) await this.writeNext();
    this.running = false;
  }

  private async writeNext(): Promise<void> {
    const { batchMax } = this.options;
    const batch = this.waiting.splice(0, batchMax);
    const results = await this.writeOrSplit(batch.map(({ command }) => command));
    batch.forEach(({ resolve, reject }, at) => {
      const result = results[at];
      if (result?.ok) resolve(result.value);
      else reject(result?.error ?? new Error('the batch has no result for this command'));
    });
  }

  /**
   * One command that cannot be written must not take its neighbours along: they are tried again, each alone.
   * When the database is away, alone is no better than together.
   */
  private async writeOrSplit(commands: C[]): Promise<Settled<R>[]> {
    try {
      return await this.options.write(commands);
    } catch (error) {
      if (commands.length === 1 || isTransient(error)) return commands.map(() => ({ ok: false, error }));
      const alone: Settled<R>[] = [];
      for (const command of commands) alone.push(...(await this.writeOrSplit([command])));
      return alone;
    }
  }
}

/** Letters hashed, from the end: there the ids of one millisecond differ. */
const hashedLettersMax = 8;

/** The same lane for every command of a key; FNV-1a spreads the keys evenly. */
function laneOf(key: string, lanes: number): number {
  let hash = 0x811c9dc5;
  for (let at = Math.max(0, key.length - hashedLettersMax); at < key.length; at += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0) % lanes;
}
