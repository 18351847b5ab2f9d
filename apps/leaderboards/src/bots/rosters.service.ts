import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Database, type Tx } from '@kraty/platform/persistence';
import { atMost } from '@kraty/platform/waiting';
import type { Board } from '../boards/board.js';
import { BoardsStore } from '../boards/boards.store.js';
import { GameSettings } from '../game-settings/game-settings.service.js';
import { builtInIdentities } from '../identity-pools/identity-pool.js';
import { IdentityPoolsStore } from '../identity-pools/identity-pools.store.js';
import { ListChanges } from '../live/list-changes.service.js';
import { Ranks } from '../ranks/ranks.service.js';
import { advanceRosterInTurns, changesOf, type AdvancedRoster } from './advance-roster.js';
import type { BoardSight } from './bot.js';
import { stepAt, type BoardClock } from './board-clock.js';
import type { ToldCrowd } from './crowd.js';
import { BotDefinitionsStore } from './bot-definitions.store.js';
import { clockOf, retireFor, rewoundTo, rosterOf, type NamedPool, type Roster, type RosterBot } from './roster.js';
import { RosterCache } from './roster-cache.js';
import { RostersStore, type SavedEntries } from './rosters.store.js';
import { Sights } from './sights.service.js';
import { SightsStore } from './sights.store.js';

/** How long a reader waits for bots that are being advanced; then it shows the board as it is. Milliseconds. */
const lookWaitMs = 100;
/** How long a reader waits for bots that it advances itself; hundreds of them, not looked at for days, take longer. Milliseconds. */
const ownLookMs = 2_000;

/**
 * How long one transaction works on bots; the next one goes on. Well below the time after which PostgreSQL takes a
 * transaction for a forgotten one. Milliseconds.
 */
const sliceMs = 5_000;

/** One accepted write of a player. */
export interface PlayerWrite {
  attemptId: string;
  /** The attempt's count of accepted writes. */
  revision: number;
  playerId: string;
  writtenAtMs: number;
}

/** One advance of a board's bots. */
interface Occasion {
  nowMs: number;
  requesterId: string | null;
  writes: readonly PlayerWrite[];
  /** False for readers: they do not queue behind another process. */
  wait: boolean;
  /** The board ends. */
  isLast?: boolean;
  /** What the index said before anything was locked. */
  told?: ToldCrowd | null;
  /** What the bots see: read by the first transaction, the same for all. */
  sight?: BoardSight;
}

/** What one transaction has come to. */
interface Slice {
  roster: Roster;
  saved: SavedEntries;
  isWhole: boolean;
  /** Bots that had left may stand on the board again, with rows that begin anew. */
  isRewound: boolean;
}

/** Bots of live boards: seated with the board, advanced when somebody reads or writes, never by a clock (10 §6.2). */
@Injectable()
export class Rosters {
  private readonly looking = new Map<string, Promise<void>>();
  private readonly sliceMs = sliceMs;
  private readonly ownLookMs = ownLookMs;

  constructor(
    private readonly database: Database,
    private readonly boards: BoardsStore,
    private readonly store: RostersStore,
    private readonly cache: RosterCache,
    private readonly definitions: BotDefinitionsStore,
    private readonly pools: IdentityPoolsStore,
    private readonly settings: GameSettings,
    private readonly sights: Sights,
    private readonly seats: SightsStore,
    private readonly ranks: Ranks,
    private readonly changes: ListChanges,
    private readonly clock: Clock,
  ) {}

  /** Seats the bots of a new board. Repeatable. */
  async open(board: Board): Promise<void> {
    if (!hasBots(board) || board.finalizedAt !== null) return;
    if (await this.store.head(board.leaderboardId)) return;
    const roster = await this.rosterFor(board);
    const rows = await this.database.transaction(async (tx) => {
      if (!(await this.boards.isOpen(tx, board.leaderboardId))) return [];
      if (!(await this.store.insert(tx, roster))) return [];
      return this.store.saveEntries(tx, board.leaderboardId, roster.bots);
    });
    if (rows.length > 0) await this.ranks.apply(board.leaderboardId, rows, []);
  }

  /** A reader looks: bots stand where time has brought them. */
  async look(board: Board, requesterId: string | null): Promise<void> {
    if (!hasBots(board) || board.finalizedAt !== null) return;
    const { leaderboardId } = board;
    const known = this.cache.get(leaderboardId);
    const nowMs = this.clock.nowMs();
    if (known && (isAtRest(known) || stepAt(clockOf(board), nowMs) <= known.lastStep)) return;
    const running = this.looking.get(leaderboardId);
    if (running) return atMost(lookWaitMs, running);
    const work = this.advance(board, { nowMs, requesterId, writes: [], wait: false }).finally(() =>
      this.looking.delete(leaderboardId),
    );
    this.looking.set(leaderboardId, work);
    await atMost(this.ownLookMs, work);
  }

  /** Players wrote, or took a seat: bots answer before the players read (10 §6.3). */
  async written(board: Board, writes: readonly PlayerWrite[]): Promise<void> {
    if (!hasBots(board) || board.finalizedAt !== null) return;
    const requesterId = writes.at(-1)?.playerId ?? null;
    await this.advance(board, { nowMs: this.clock.nowMs(), requesterId, writes, wait: true });
  }

  /**
   * The last look, as of the end of the board, also where somebody has looked between the end and its telling (10 §6.4).
   *
   * @param signal ends it between two transactions, with an error; another call goes on
   */
  async finish(board: Board, endedAtMs: number, signal?: AbortSignal): Promise<void> {
    if (!hasBots(board)) return;
    const occasion = { nowMs: endedAtMs, requesterId: null, writes: [], wait: true, isLast: true };
    await this.advance(board, occasion, signal);
    this.cache.forget(board.leaderboardId);
  }

  /** In as many transactions as it takes; each one brings the bots nearer to the instant, and what it saved stands. */
  private async advance(board: Board, occasion: Occasion, signal?: AbortSignal): Promise<void> {
    // What this process has seen is seated: a write need not ask.
    if (!this.cache.get(board.leaderboardId)) await this.open(board);
    occasion.told = await this.toldAhead(board, occasion);
    for (;;) {
      signal?.throwIfAborted();
      const slice = await this.database.transaction((tx) => this.advanceIn(tx, board, occasion));
      if (!slice) return;
      this.cache.keep({ ...slice.roster, revision: slice.roster.revision + 1 });
      await this.tellIndex(board.leaderboardId, slice);
      if (slice.isWhole) return;
    }
  }

  /** Null of bots that this process does not know yet. */
  private async toldAhead(board: Board, occasion: Occasion): Promise<ToldCrowd | null> {
    const known = this.cache.get(board.leaderboardId);
    if (!known || occasion.isLast) return null;
    const toStep = stepAt(clockOf(board), untilMsOf(occasion.nowMs, occasion.writes));
    return this.sights.ahead(known, toStep, occasion.requesterId);
  }

  private async tellIndex(leaderboardId: string, { saved: { rows, gone }, isRewound }: Slice): Promise<void> {
    if (isRewound) await this.ranks.remake(leaderboardId);
    else if (rows.length + gone.length > 0) await this.ranks.apply(leaderboardId, rows, [], gone);
    await this.changes.tellRows('bot', rows);
  }

  /** Null when there is nothing to do, or somebody else is at it. Locks: first the roster, then the board. */
  private async advanceIn(tx: Tx, board: Board, occasion: Occasion): Promise<Slice | null> {
    const { leaderboardId } = board;
    const kept = await this.locked(tx, leaderboardId, occasion.wait);
    const open = kept && (await this.boards.openUntil(tx, leaderboardId));
    if (!open) return null;
    const clock = clockOf(board);
    const nowMs = Math.min(occasion.nowMs, open.endedAtMs ?? Infinity);
    const rewound = rewoundTo(stepAt(clock, nowMs), kept, clock, open.endedAtMs !== null);
    const before = rewound ?? kept;
    const toStep = stepAt(clock, untilMsOf(nowMs, occasion.writes));
    const { requesterId, isLast = false, told = null } = occasion;
    occasion.sight ??= await this.sights.of(tx, before, toStep, { requesterId, isLast, told });
    const advanced = await this.worked(tx, before, clock, { ...occasion, sight: occasion.sight, nowMs });
    const roster = await this.makeRoom(tx, board, advanced.roster);
    const { isWhole } = advanced;
    const changes = changesOf(before, { roster, isWhole });
    const { changed, moved } = rewound ? { changed: roster.bots, moved: roster.bots } : changes;
    const isSame = roster.lastStep === before.lastStep && roster.ticks === before.ticks && changed.length === 0;
    if (!rewound && isSame) return null;
    const saved = await this.store.save(tx, roster, changed, moved);
    return { roster, saved, isWhole, isRewound: rewound !== null };
  }

  /** As far as the time of one transaction goes. Writes are counted once the bots stand where the first one finds them. */
  private async worked(
    tx: Tx,
    roster: Roster,
    clock: BoardClock,
    { nowMs, writes, sight }: Occasion & { sight: BoardSight },
  ): Promise<AdvancedRoster> {
    const stopAtMs = performance.now() + this.sliceMs;
    const to = (from: Roster, atMs: number) =>
      advanceRosterInTurns(from, clock, sight, { nowMs: atMs, tickTimesMs: [] }, stopAtMs);
    if (!roster.countsTicks || writes.length === 0) return to(roster, nowMs);
    const firstMs = Math.min(nowMs, ...writes.map(({ writtenAtMs }) => writtenAtMs));
    const ready = await to(roster, firstMs);
    if (!ready.isWhole) return ready;
    const added = await this.store.countWrites(tx, roster.leaderboardId, newest(writes));
    const tickTimesMs = timesOf(writes, added, nowMs);
    const ticked = await advanceRosterInTurns(ready.roster, clock, sight, { nowMs: firstMs, tickTimesMs });
    return to(ticked.roster, nowMs);
  }

  private async locked(tx: Tx, leaderboardId: string, wait: boolean): Promise<Roster | null> {
    const head = await this.store.lock(tx, leaderboardId, { wait });
    if (!head) return null;
    const known = this.cache.get(leaderboardId);
    if (known?.revision === head.revision) return known;
    const bots = await this.store.bots(leaderboardId, tx);
    // Some may have come further than all.
    const stepOf = ({ state }: RosterBot): number => Math.max(state.lastStep, head.lastStep);
    return {
      leaderboardId,
      ...head,
      bots: bots.map((bot) => ({ ...bot, state: { ...bot.state, lastStep: stepOf(bot), lastTick: head.ticks } })),
    };
  }

  /** Humans have priority over bots in a group (10 §8). */
  private async makeRoom(tx: Tx, { mode, capacity, leaderboardId }: Board, roster: Roster): Promise<Roster> {
    if (mode !== 'grouped' || capacity === null) return roster;
    const { humanCount } = await this.seats.counts(tx, leaderboardId);
    const retired = new Map(retireFor(humanCount, capacity, roster.bots).map((bot) => [bot.slot, bot]));
    if (retired.size === 0) return roster;
    return { ...roster, bots: roster.bots.map((bot) => retired.get(bot.slot) ?? bot) };
  }

  private async rosterFor(board: Board): Promise<Roster> {
    const { gameId } = board.scope;
    const keys = board.botBindings.map(({ botKey }) => botKey);
    const bots = await this.definitions.byKeys(gameId, keys);
    const ownKeys = [...board.botBindings, ...bots].flatMap(({ identityPoolKey }) => identityPoolKey ?? []);
    const defaultKey = await this.settings.defaultIdentityPoolKey(gameId);
    const poolKeys = defaultKey === null ? ownKeys : [...ownKeys, defaultKey];
    const pools = await this.pools.byKeys(gameId, poolKeys);
    const byKey = new Map<string, NamedPool>(
      pools.filter(({ archivedAt }) => archivedAt === null).map((pool) => [pool.key, pool]),
    );
    // Of a pool that is gone, too, bots fall back to the next one (10 §3.1).
    const poolOf = (key: string | null): NamedPool =>
      byKey.get(key ?? '') ?? byKey.get(defaultKey ?? '') ?? builtInIdentities;
    return rosterOf(board, new Map(bots.map((bot) => [bot.key, bot])), poolOf);
  }
}

export function hasBots({ botBindings, mode }: Pick<Board, 'botBindings' | 'mode'>): boolean {
  return botBindings.length > 0 && mode !== 'none';
}

function untilMsOf(nowMs: number, writes: readonly PlayerWrite[]): number {
  return Math.max(nowMs, ...writes.map(({ writtenAtMs }) => writtenAtMs));
}

/** No bot will ever move again. */
function isAtRest({ bots }: Roster): boolean {
  return bots.every(({ state }) => state.status !== 'active');
}

/** The newest write of each attempt says how many there were. */
function newest(writes: readonly PlayerWrite[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { attemptId, revision } of writes) counts.set(attemptId, Math.max(revision, counts.get(attemptId) ?? 0));
  return counts;
}

/** A time for each tick: of the last writes, or of the first where facts of earlier ones never came. */
function timesOf(writes: readonly PlayerWrite[], ticks: number, nowMs: number): number[] {
  const times = writes.map(({ writtenAtMs }) => writtenAtMs).toSorted((left, right) => left - right);
  const lacking = Array.from({ length: Math.max(0, ticks - times.length) }, () => times[0] ?? nowMs);
  const all = [...lacking, ...times];
  return all.slice(all.length - ticks);
}
