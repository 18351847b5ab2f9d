import { advancingBot, tickBot } from './advance-bot.js';
import { stepAt, type BoardClock } from './board-clock.js';
import type { BoardSight, BotState } from './bot.js';
import type { Roster, RosterBot } from './roster.js';

export interface AdvancedRoster {
  roster: Roster;
  /** False: time was up before all bots stood at the instant. */
  isWhole: boolean;
}

/** How long bots are worked on before other work of the process has its turn. Milliseconds. */
const turnMs = 10;

interface Until {
  nowMs: number;
  tickTimesMs: readonly number[];
}

/**
 * All bots of a board as they stand at an instant: advanced first, then moved by each write of a player at its own time
 * (10 §6.3). `tickTimesMs` ascends.
 */
export function advanceRoster(roster: Roster, clock: BoardClock, sight: BoardSight, until: Until): AdvancedRoster {
  const work = advancing(roster, clock, sight, until);
  for (;;) {
    const { done, value } = work.next(false);
    if (done) return value;
  }
}

/**
 * The same with other work in between: hundreds of state machines nobody has looked at for a day take seconds.
 *
 * @param stopAtMs a reading of `performance.now()` from which on the rest is left for another call, which goes on where
 *   each bot stands and, with the same sight, comes to what one call would have come to. Only for calls without ticks.
 */
export async function advanceRosterInTurns(
  roster: Roster,
  clock: BoardClock,
  sight: BoardSight,
  until: Until,
  stopAtMs = Infinity,
): Promise<AdvancedRoster> {
  const work = advancing(roster, clock, sight, until);
  for (let [turnBegan, stops] = [performance.now(), false]; ;) {
    const { done, value } = work.next(stops);
    if (done) return value;
    const nowMs = performance.now();
    stops = nowMs >= stopAtMs;
    if (nowMs - turnBegan < turnMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    turnBegan = performance.now();
  }
}

/** Bots that are others than before: all of them to be saved, and those whose score is another. */
export function changesOf(
  before: Roster,
  { roster, isWhole }: AdvancedRoster,
): { changed: RosterBot[]; moved: RosterBot[] } {
  const pairs = roster.bots.map((after, at) => ({ after, was: before.bots[at]! }));
  // Until all have come to one step, each has to know its own.
  const isChanged = ({ after, was }: (typeof pairs)[number]): boolean =>
    after !== was && !(isWhole && isSameButStep(after.state, was.state));
  const changed = pairs.filter(isChanged);
  const moved = changed.filter(
    ({ after: { state }, was }) => was.state.score !== state.score || was.state.achievedAtMs !== state.achievedAtMs,
  );
  return { changed: changed.map(({ after }) => after), moved: moved.map(({ after }) => after) };
}

function* advancing(
  roster: Roster,
  clock: BoardClock,
  sight: BoardSight,
  { nowMs, tickTimesMs }: Until,
): Generator<undefined, AdvancedRoster, boolean> {
  const ticks = roster.ticks + tickTimesMs.length;
  // A write may come from a process whose clock is ahead: what was worked in must not be worked in again.
  const untilMs = Math.max(nowMs, tickTimesMs.at(-1) ?? nowMs);
  const bots: RosterBot[] = [];
  let stopped = false;
  for (const bot of roster.bots) {
    let { state } = bot;
    if (!stopped) {
      for (const [at, atMs] of tickTimesMs.entries()) {
        state = yield* advancingBot(bot, state, clock, { ...sight, ticks: roster.ticks + at }, atMs);
        state = tickBot(bot, state, clock, roster.ticks + at + 1, atMs);
      }
      state = yield* advancingBot(bot, state, clock, { ...sight, ticks }, untilMs);
    }
    bots.push(state === bot.state ? bot : { ...bot, state });
    // Only after work: however short the time, each call goes further than the one before.
    if (state !== bot.state) stopped = yield;
  }
  const step = stepAt(clock, untilMs);
  const isWhole = bots.every(({ state }) => state.status !== 'active' || state.lastStep >= step);
  const lastStep = isWhole ? Math.max(roster.lastStep, step) : roster.lastStep;
  return { roster: { ...roster, bots, lastStep, ticks }, isWhole };
}

/** Only the step or tick up to which it was looked at differs, which the roster keeps for all. */
function isSameButStep(after: BotState, before: BotState): boolean {
  return (
    after.status === before.status &&
    after.score === before.score &&
    after.achievedAtMs === before.achievedAtMs &&
    after.entries === before.entries &&
    after.referenceId === before.referenceId
  );
}
