import { Injectable } from '@nestjs/common';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { Clock } from '@kraty/platform/clock';
import { busy, fail } from '@kraty/platform/errors';
import { MergedPlayers, PlayerMoved, type MergedAway } from './merged-players.service.js';
import { MergedBalances } from './merged-balances.service.js';
import { MergesStore } from './merges.store.js';
import { RowMerges } from './row-merges.service.js';

/** Tries of a write whose players are being merged: each new one needs another merge in its way. */
const triesMax = 5;
/** How long before a freeze a merge may have begun whose player was named in the standings it was told. Milliseconds. */
const strayMs = 3_600_000;
/** Merged players kept in mind. */
const knownMax = 10_000;

export interface Merge {
  scope: Scope;
  sagaId: string;
  from: PlayerRef;
  to: PlayerRef;
}

/**
 * The boards' step of a merge of players (12 §7.4). The merge is on record and committed before any row is looked for, and
 * whoever writes looks for a merge after it has written: so one of the two sees the other's row, and no lock is needed where
 * most writes are. What must not be written twice asks under the players' locks (`MergedPlayers.lock`).
 */
@Injectable()
export class Merges {
  /** Those this process has met. A merge lasts, but its target may be merged in turn. */
  private readonly known = new Map<string, MergedAway>();

  constructor(
    private readonly store: MergesStore,
    private readonly rows: RowMerges,
    private readonly balances: MergedBalances,
    private readonly players: MergedPlayers,
    private readonly clock: Clock,
  ) {}

  /**
   * Once a saga, repeatable from wherever it was interrupted.
   *
   * @returns boards from which a row has gone
   * @throws 503 while something is left
   */
  async merge({ scope, sagaId, from, to }: Merge): Promise<number> {
    const pair = { from: from.playerId, to: to.playerId };
    const begun = await this.store.begin(sagaId, scope, pair, this.clock.now());
    if (!begun) throw fail('conflict', 'the player was merged before', { reason: 'already_merged' });
    if (begun.finishedAt) return begun.scrubbed;
    await this.rows.move(pair);
    await this.balances.follow(scope, pair.to);
    return this.store.finish(sagaId, this.clock.now());
  }

  /** Writes for whoever the players are now, again when one of them is merged on the way. `write` must be repeatable. */
  async following<W extends { playerId: string }, R>(
    writes: readonly W[],
    write: (writes: readonly W[]) => Promise<R>,
  ): Promise<R> {
    const playerIds = writes.map(({ playerId }) => playerId);
    // Nearly nobody has been merged, so that is not asked before the first try.
    let merged = this.knownAmong(playerIds);
    for (let attempt = 1; attempt <= triesMax; attempt += 1) {
      await this.bring(merged);
      const written = await unlessMoved(() => write(writes.map((one) => ownedBy(merged, one))));
      const after = await this.players.among(playerIds);
      this.remember(after);
      if (written && isSame(merged, after)) return written.result;
      merged = after;
    }
    throw busy('player_locked');
  }

  /**
   * A board that is about to be frozen has been told its standings while players were merged.
   *
   * @returns those that were merged away: what was told of whom they are now may be of before
   */
  async settle(leaderboardId: string): Promise<ReadonlyMap<string, MergedAway>> {
    const found = await this.mergedOn(leaderboardId);
    const merged = await this.players.among(found.map(({ id }) => id));
    const strays = found.filter(({ isStray }) => isStray).map(({ id }) => [id, merged.get(id)!] as const);
    await this.bring(new Map(strays));
    return merged;
  }

  /**
   * Whether nobody else of the board has been merged since it was settled. Nobody will be while it is locked.
   *
   * @throws 503 when somebody has: it is settled again
   */
  async refuseOthers(leaderboardId: string, settled: ReadonlyMap<string, MergedAway>): Promise<void> {
    const found = await this.mergedOn(leaderboardId);
    if (found.some(({ id }) => !settled.has(id))) throw busy();
  }

  private mergedOn(leaderboardId: string): Promise<{ id: string; isStray: boolean }[]> {
    return this.store.mergedOn(leaderboardId, new Date(this.clock.nowMs() - strayMs));
  }

  private knownAmong(playerIds: readonly string[]): Map<string, MergedAway> {
    const among = playerIds.flatMap((playerId) => {
      const away = this.known.get(playerId);
      return away ? [[playerId, away] as const] : [];
    });
    return new Map(among);
  }

  private remember(merged: ReadonlyMap<string, MergedAway>): void {
    if (this.known.size + merged.size > knownMax) this.known.clear();
    for (const [playerId, away] of merged) this.known.set(playerId, away);
  }

  /** Rows that were written under a former name, by this process or one that has died. */
  private async bring(merged: ReadonlyMap<string, MergedAway>): Promise<void> {
    for (const { formerIds, ownerId } of merged.values()) {
      for (const from of formerIds) await this.rows.move({ from, to: ownerId });
    }
  }
}

async function unlessMoved<R>(write: () => Promise<R>): Promise<{ result: R } | null> {
  try {
    return { result: await write() };
  } catch (error) {
    if (!(error instanceof PlayerMoved)) throw error;
    return null;
  }
}

function ownedBy<W extends { playerId: string }>(merged: ReadonlyMap<string, MergedAway>, write: W): W {
  const away = merged.get(write.playerId);
  return away ? { ...write, playerId: away.ownerId } : write;
}

function isSame(before: ReadonlyMap<string, MergedAway>, after: ReadonlyMap<string, MergedAway>): boolean {
  if (before.size !== after.size) return false;
  return [...after].every(([playerId, { ownerId }]) => before.get(playerId)?.ownerId === ownerId);
}
