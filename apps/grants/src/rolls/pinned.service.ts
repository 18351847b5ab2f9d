import { Injectable } from '@nestjs/common';
import { rewardLimits, tableKeysOf } from '@kraty/contracts/grants';
import { PinnedStore, type Pinned } from './pinned.store.js';
import type { PinnedRevision, RollContents } from './roll-contents.js';
import type { RollableEntry, RollableTable } from './roll.js';

export interface RollRequest {
  gameId: string;
  contents: RollContents;
  /** The instant whose revisions count (07 §3.9). */
  pinAt: Date;
  /** An operator repeats a roll that failed: what was archived then and is not any more is rolled after all (04 §7). */
  repeated?: boolean;
}

/** All that a roll needs, as it stood at the pin instant; or why it cannot be rolled. */
export interface PinnedRoll {
  entries: readonly RollableEntry[];
  tables: Map<string, RollableTable>;
  revisions: PinnedRevision[];
  failure: string | null;
}

/** Finds the revisions that rolls are made of, for many at once. */
@Injectable()
export class PinnedService {
  constructor(private readonly store: PinnedStore) {}

  /** One answer a request, in their order. */
  async resolve(requests: readonly RollRequest[]): Promise<PinnedRoll[]> {
    const rolls = requests.map(({ contents }): PinnedRoll => ({
      entries: 'entries' in contents ? contents.entries : [],
      tables: new Map(),
      revisions: [],
      failure: null,
    }));
    await this.addBundles(requests, rolls);
    let reached = rolls.flatMap((roll, at) => [...tableKeysOf(roll.entries)].map((key) => ({ at, key })));
    for (let depth = 0; depth < rewardLimits.tableDepthMax && reached.length > 0; depth += 1) {
      reached = await this.addTables(requests, rolls, reached);
    }
    return rolls;
  }

  private async addBundles(requests: readonly RollRequest[], rolls: PinnedRoll[]): Promise<void> {
    const naming = requests.flatMap(({ gameId, contents, pinAt }, at) =>
      'bundleKey' in contents ? [{ at, gameId, key: contents.bundleKey, pinAt }] : [],
    );
    const bundles = await this.store.bundles(naming);
    naming.forEach(({ at, key }, place) => {
      const roll = rolls[at]!;
      const bundle = bundles[place]!;
      roll.failure = problemOf('bundle', key, bundle, requests[at]!);
      if (roll.failure === null) roll.entries = note(roll, 'bundle', key, bundle);
    });
  }

  /**
   * Adds the tables, and answers those that they roll themselves and that are not there yet. One that cannot be used is
   * left out: a roll that never picks it does not need it.
   */
  private async addTables(
    requests: readonly RollRequest[],
    rolls: PinnedRoll[],
    reached: readonly { at: number; key: string }[],
  ): Promise<{ at: number; key: string }[]> {
    const wanted = reached.map(({ at, key }) => ({ key, gameId: requests[at]!.gameId, pinAt: requests[at]!.pinAt }));
    const tables = await this.store.tables(wanted);
    const inner = reached.flatMap(({ at, key }, place) => {
      const roll = rolls[at]!;
      const pinned = tables[place]!;
      if (problemOf('table', key, pinned, requests[at]!) !== null) return [];
      const table = note(roll, 'table', key, pinned);
      roll.tables.set(key, table);
      return [...tableKeysOf(table.weightedEntries.map(({ entry }) => entry))].map((next) => ({ at, key: next }));
    });
    const fresh = new Map(
      inner.filter(({ at, key }) => !rolls[at]!.tables.has(key)).map((next) => [`${next.at}:${next.key}`, next]),
    );
    return [...fresh.values()];
  }
}

/** Why what was pinned cannot be rolled; null when it can. */
function problemOf(
  kind: string,
  key: string,
  pinned: Pinned<unknown>,
  { repeated = false }: RollRequest,
): string | null {
  if (pinned.revision === null) return `there is no ${kind} ${key}`;
  const mended = repeated && pinned.present;
  return pinned.archived && !mended ? `${kind} ${key} was archived` : null;
}

/** The content, with its revision noted. */
function note<C>(roll: PinnedRoll, kind: PinnedRevision['kind'], key: string, { revision, content }: Pinned<C>): C {
  if (revision === null || content === null) throw new Error(`${kind} ${key} has no revision`);
  roll.revisions.push({ kind, key, revision });
  return content;
}
