import { advanceBot, tickBot } from './advance-bot.js';
import { stepAt, type BoardClock } from './board-clock.js';
import type { BoardSight, BotState } from './bot.js';
import type { Roster, RosterBot } from './roster.js';

export interface AdvancedRoster {
  roster: Roster;
  /** Bots whose state is another. */
  changed: RosterBot[];
  /** Those whose score is another. */
  moved: RosterBot[];
}

/**
 * All bots of a board as they stand at an instant: advanced first, then moved by each write of a player at its own time
 * (10 §6.3). `tickTimesMs` ascends.
 */
export function advanceRoster(
  roster: Roster,
  clock: BoardClock,
  sight: BoardSight,
  { nowMs, tickTimesMs }: { nowMs: number; tickTimesMs: readonly number[] },
): AdvancedRoster {
  const ticks = roster.ticks + tickTimesMs.length;
  const bots = roster.bots.map((bot) => {
    let { state } = bot;
    tickTimesMs.forEach((atMs, at) => {
      state = advanceBot(bot, state, clock, { ...sight, ticks: roster.ticks + at }, atMs);
      state = tickBot(bot, state, clock, roster.ticks + at + 1, atMs);
    });
    state = advanceBot(bot, state, clock, { ...sight, ticks }, nowMs);
    return state === bot.state ? bot : { ...bot, state };
  });
  const pairs = bots.map((after, at) => ({ after, before: roster.bots[at]! }));
  const changed = pairs.filter(({ after, before }) => after !== before && !isSameButStep(after.state, before.state));
  const moved = changed.filter(
    ({ after: { state }, before }) =>
      before.state.score !== state.score || before.state.achievedAtMs !== state.achievedAtMs,
  );
  const lastStep = Math.max(roster.lastStep, stepAt(clock, nowMs));
  const whole = { ...roster, bots, lastStep, ticks };
  return { roster: whole, changed: changed.map(({ after }) => after), moved: moved.map(({ after }) => after) };
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
