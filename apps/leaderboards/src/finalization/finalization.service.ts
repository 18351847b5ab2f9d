import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { readBoardStandings, readPlayerStanding, type BoardStanding } from '@kraty/contracts/events';
import { boardFinalized, streamSubject, type FinalizedReason, type StreamFrame } from '@kraty/contracts/leaderboards';
import { busy } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import { Database, type Tx } from '@kraty/platform/persistence';
import { BotIdentities } from '../bots/bot-identities.service.js';
import { Boards } from '../boards/boards.service.js';
import { ListChanges } from '../live/list-changes.service.js';
import type { MergedAway } from '../merges/merged-players.service.js';
import { Merges } from '../merges/merges.service.js';
import { Profiles } from '../profiles/profiles.service.js';
import { Ranks } from '../ranks/ranks.service.js';
import type { Standing } from '../scores/standing.js';
import { AwaitedWrites } from './awaited-writes.service.js';
import { FreezesStore } from './freezes.store.js';
import { Freezing } from './freezing.service.js';
import { FrozenBoardsStore } from './frozen-boards.store.js';
import type { PendingFreeze } from './pending-freeze.js';

/** Standings asked of events at a time. */
const standingsPage = 5_000;
/** How often the holder of a freeze shows that it is there. Milliseconds. */
const holdBeatMs = 10_000;
/** Rows in the last frame of a stream (02 §7.2). */
const standingsShown = 200;

export interface FinalizedBoard {
  leaderboardId: string;
  eventId: string;
  reason: FinalizedReason;
  finalizedAt: string;
}

/** Freezes the board of an event, however often it is told to and wherever it was interrupted (06 §8). */
@Injectable()
export class Finalization {
  constructor(
    private readonly boards: Boards,
    private readonly database: Database,
    private readonly freezes: FreezesStore,
    private readonly awaited: AwaitedWrites,
    private readonly freezing: Freezing,
    private readonly frozen: FrozenBoardsStore,
    private readonly ranks: Ranks,
    private readonly profiles: Profiles,
    private readonly botIdentities: BotIdentities,
    private readonly changes: ListChanges,
    private readonly merges: Merges,
    private readonly messenger: Messenger,
  ) {}

  /**
   * Goes on where the freeze stands, unless another process is at it.
   *
   * @param signal ends it between two steps, to be gone on with later
   */
  async finalize(leaderboardId: string, signal: AbortSignal): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (!(await this.freezes.take(tx, leaderboardId))) return;
      await this.holding(tx, () => this.goOn(leaderboardId, signal));
    });
  }

  /** After the freeze, from its own fact: whoever streams the board is told although the process that froze it died. */
  async announce(scope: Scope, { leaderboardId, eventId, reason, finalizedAt }: FinalizedBoard): Promise<void> {
    await this.ranks.retire(leaderboardId);
    const top = await this.frozen.top(leaderboardId, standingsShown);
    const names = await this.profiles.find(
      scope,
      top.filter(({ kind }) => kind === 'player').map((row) => row.participantId),
    );
    const bots = await this.botIdentities.of(leaderboardId);
    const standings = top.map(({ participantId, rank, score, kind }) => {
      const profile = names.get(participantId);
      const name = profile?.displayName ?? profile?.anonymizedName ?? bots.get(participantId)?.name ?? null;
      return { participantId, rank, score, name, kind };
    });
    const data = { leaderboardId, eventId, reason, standings, occurredAt: finalizedAt };
    const frames: StreamFrame[] = [{ event: 'finalized', data }];
    this.messenger.broadcast(streamSubject(leaderboardId), frames);
    this.changes.tellEnd(leaderboardId, { leaderboardId, reason, occurredAt: finalizedAt });
  }

  /** The transaction is open for its lock alone; PostgreSQL would take it for a forgotten one. */
  private async holding(tx: Tx, work: () => Promise<void>): Promise<void> {
    const beating = setInterval(() => void this.freezes.stillHere(tx).catch(() => undefined), holdBeatMs);
    await work().finally(() => clearInterval(beating));
  }

  private async goOn(leaderboardId: string, signal: AbortSignal): Promise<void> {
    const freeze = await this.freezes.find(leaderboardId);
    const board = await this.boards.find(leaderboardId);
    if (!freeze || !board) return;
    if (!(await this.awaited.haveCome(freeze, board))) return;
    // A hidden board stays empty, whatever was reached in its window (05 §6.1).
    const standingsRead =
      board.mode === 'none' || freeze.allRead ? freeze.standingsRead : await this.reconcile(freeze, signal);
    if (signal.aborted) return;
    const merged = await this.merges.settle(leaderboardId);
    const owners = new Set([...merged.values()].map(({ ownerId }) => ownerId));
    await this.askAgain(leaderboardId, [...owners], standingsRead);
    await this.freeze(freeze, (tx) => this.letGo(tx, leaderboardId, merged), signal);
    this.boards.forget(leaderboardId);
    this.awaited.forget(leaderboardId);
  }

  private async freeze(
    { leaderboardId, eventId, eventWindowId, reason, closedAt }: PendingFreeze,
    besides: (tx: Tx) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const payload = { leaderboardId, eventId, eventWindowId, reason, finalizedAt: closedAt };
    await this.freezing.freeze({
      leaderboardId,
      at: new Date(closedAt),
      reason,
      facts: ({ scope }) => [{ type: boardFinalized, scope, aggregateId: leaderboardId, revision: 1, payload }],
      besides,
      signal,
    });
  }

  /** The board is locked. */
  private async letGo(tx: Tx, leaderboardId: string, merged: ReadonlyMap<string, MergedAway>): Promise<void> {
    await this.merges.refuseOthers(leaderboardId, merged);
    await this.freezes.remove(tx, leaderboardId);
  }

  /**
   * Attempts change hands before rows do (12 §7.4), so pages that were read on the way may name the one player without
   * what the other has reached, or the same attempt under both. Once a merge has come here, events tells the whole.
   */
  private async askAgain(leaderboardId: string, playerIds: readonly string[], standingsRead: number): Promise<void> {
    let read = standingsRead;
    for (const playerId of playerIds) {
      const { standing } = await this.messenger.request(readPlayerStanding, { leaderboardId, playerId });
      if (standing) read = await this.settle(leaderboardId, [standing], { standingsRead: read, allRead: true });
    }
  }

  /**
   * The attempts are the truth: whatever became of single messages, the frozen board holds every accepted write. A page
   * is asked for while the one before it is written, and what is written need not be asked for again after a crash.
   *
   * @returns how many standings were read
   * @throws 503 `busy`, see `settle`
   */
  private async reconcile(
    { leaderboardId, readAfter, standingsRead }: PendingFreeze,
    signal: AbortSignal,
  ): Promise<number> {
    let read = standingsRead;
    let standings = await this.askForStandings(leaderboardId, readAfter);
    for (;;) {
      const last = standings.length < standingsPage ? undefined : standings.at(-1);
      const [next, readNow] = await Promise.all([
        last && !signal.aborted ? this.askForStandings(leaderboardId, last.playerId) : null,
        this.settle(leaderboardId, standings, { standingsRead: read, allRead: last === undefined }),
      ]);
      read = readNow;
      if (!next) return read;
      standings = next;
    }
  }

  /**
   * Events knows of an override before anybody is told of it, so only what was asked for before one came may be older than
   * the row it has written.
   *
   * @throws 503 `busy` when one came meanwhile: from there on it is asked again
   */
  private async settle(
    leaderboardId: string,
    standings: readonly BoardStanding[],
    since: Pick<PendingFreeze, 'standingsRead' | 'allRead'>,
  ): Promise<number> {
    const rows = standings.map((standing) => toStanding(leaderboardId, standing));
    const read = await this.freezes.settle(leaderboardId, rows, since);
    if (read === null) throw busy();
    return read;
  }

  private async askForStandings(leaderboardId: string, afterPlayerId: string | null): Promise<BoardStanding[]> {
    const question = { leaderboardId, afterPlayerId, limit: standingsPage };
    return (await this.messenger.request(readBoardStandings, question)).standings;
  }
}

export function toStanding(leaderboardId: string, standing: BoardStanding): Standing {
  return {
    leaderboardId,
    participantId: standing.playerId,
    score: standing.score ?? 0,
    achievedAtMs: standing.achievedAtMs,
    joinedOnly: standing.score === null,
    attemptId: null,
  };
}
