import type { BotBehavior, BotBinding } from '@kraty/contracts/leaderboards';
import { isBotBehavior } from '@kraty/contracts/leaderboards';
import type { Board } from '../boards/board.js';
import type { Identity } from '../identity-pools/identity-pool.js';
import { boardClock, type BoardClock } from './board-clock.js';
import { bornBot, type BoardBot, type BotState } from './bot.js';
import { needsOf } from './bot-needs.js';
import { boardKeyOf, identityOf, identityOrder, participantIdOf, seedOf } from './bot-seed.js';
import type { BotDefinition } from './bot-definition.js';

/** A bot on a board as it is kept. */
export interface RosterBot extends BoardBot {
  botId: string;
  botKey: string;
  botVersion: number;
  name: string;
  avatar: string | null;
  state: BotState;
}

/** The bots of one board (10 §6.3). */
export interface Roster {
  leaderboardId: string;
  lastStep: number;
  ticks: number;
  /** A bot steps with the writes of players, so they are counted. */
  countsTicks: boolean;
  revision: number;
  bots: RosterBot[];
}

export interface NamedPool {
  poolId: string;
  entries: readonly Identity[];
}

/** Year from which an end stands for "never": the sentinel of `always_on` (05 §2). */
const endlessYear = 9_999;

/** Time of a board as its bots see it. */
export function clockOf({ opensAt, closesAt }: Pick<Board, 'opensAt' | 'closesAt'>): BoardClock {
  const endless = closesAt === null || closesAt.getUTCFullYear() >= endlessYear;
  return boardClock(opensAt.getTime(), endless ? null : closesAt.getTime());
}

/** Bots a board begins with, in slot order. A bot that is archived or invalid leaves its slots empty (10 §2). */
export function rosterOf(
  board: Board,
  definitions: ReadonlyMap<string, BotDefinition>,
  poolOf: (key: string | null) => NamedPool,
): Roster {
  const seats = seatsOf(board.botBindings, definitions);
  const key = keyOf(board);
  const orders = new Map<string, number[]>();
  const used = new Map<string, number>();
  const bots = seats.map(({ slot, bot, poolKey }): RosterBot => {
    const pool = poolOf(poolKey);
    const order = orders.get(pool.poolId) ?? identityOrder(key, pool.poolId, pool.entries.length);
    orders.set(pool.poolId, order);
    const place = used.get(pool.poolId) ?? 0;
    used.set(pool.poolId, place + 1);
    const { name, avatar } = identityOf(pool.entries, order, place);
    const seed = seedOf(key, bot.botId, slot);
    const boardBot = { slot, seed, participantId: participantIdOf(seed), behavior: bot.behavior };
    const state = bornBot(boardBot, clockOf(board));
    const { botId, key: botKey, version: botVersion } = bot;
    return { ...boardBot, botId, botKey, botVersion, name, avatar: avatar ?? null, state };
  });
  const seated = withinCapacity(board, bots);
  const countsTicks = seated.some(({ behavior }) => needsOf(behavior).ticks);
  return { leaderboardId: board.leaderboardId, lastStep: 0, ticks: 0, countsTicks, revision: 1, bots: seated };
}

/**
 * The roster as it must be worked through anew because its bots were advanced beyond the end of their board, by a reader
 * to whom nobody had told yet that the board was closed early; null when there is no need. Bots that step with the
 * writes of players stay as they are: after the end there were none. Who made room for a human stays away.
 */
export function rewoundTo(endStep: number, roster: Roster, clock: BoardClock, hasEnded: boolean): Roster | null {
  if (!hasEnded || !isBeyond(endStep, roster)) return null;
  const bots = roster.bots.map((bot) => {
    if (!isRewindable(bot)) return bot;
    const { lastTick, referenceId } = bot.state;
    return { ...bot, state: { ...bornBot(bot, clock), lastTick, referenceId } };
  });
  return { ...roster, lastStep: 0, bots };
}

/** Also when only some of its bots have come so far. */
function isBeyond(endStep: number, { lastStep, bots }: Roster): boolean {
  return lastStep > endStep || bots.some((bot) => isRewindable(bot) && bot.state.lastStep > endStep);
}

function isRewindable({ behavior, state }: RosterBot): boolean {
  return !needsOf(behavior).ticks && state.status !== 'retired';
}

/** The name of the board in its bots' seeds. */
export function keyOf({ leaderboardId, definitionId, opensAt, segment }: Board): string {
  if (definitionId === null) return boardKeyOf({ leaderboardId });
  return boardKeyOf({ leaderboardId: definitionId, period: opensAt.toISOString(), segment });
}

interface Seat {
  slot: number;
  bot: BotDefinition & { behavior: BotBehavior };
  poolKey: string | null;
}

/** Slots are numbered through all bindings; empty ones keep their number. */
function seatsOf(bindings: readonly BotBinding[], definitions: ReadonlyMap<string, BotDefinition>): Seat[] {
  const seats: Seat[] = [];
  let slot = 0;
  for (const { botKey, count, identityPoolKey } of bindings) {
    const bot = definitions.get(botKey);
    if (bot && bot.archivedAt === null && isBotBehavior(bot.behavior)) {
      const poolKey = identityPoolKey ?? bot.identityPoolKey;
      for (let at = 0; at < count; at += 1) seats.push({ slot: slot + at, bot, poolKey });
    }
    slot += count;
  }
  return seats;
}

/** A group keeps one seat for the human it is made for; those who come later send the highest slot away (10 §8). */
function withinCapacity({ mode, capacity }: Board, bots: RosterBot[]): RosterBot[] {
  if (mode === 'none') return [];
  return mode === 'grouped' && capacity !== null ? bots.slice(0, Math.max(0, capacity - 1)) : bots;
}

/** Seats that humans need are given up from the highest slot down; who has gone never comes back. */
export function retireFor(humans: number, capacity: number, bots: readonly RosterBot[]): RosterBot[] {
  const active = bots.filter(({ state }) => isOnBoard(state)).toSorted((left, right) => right.slot - left.slot);
  const tooMany = Math.max(0, active.length + humans - capacity);
  return active.slice(0, tooMany).map((bot) => ({ ...bot, state: { ...bot.state, status: 'retired' as const } }));
}

export function isOnBoard({ status }: BotState): boolean {
  return status === 'active' || status === 'completed';
}
