import { advancingBot, tickBot } from './advance-bot.js';
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
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** The same with other work in between: hundreds of state machines nobody has looked at for a day take seconds. */
export async function advanceRosterInTurns(
  roster: Roster,
  clock: BoardClock,
  sight: BoardSight,
  until: Until,
): Promise<AdvancedRoster> {
  const work = advancing(roster, clock, sight, until);
  for (let turnBegan = performance.now(); ;) {
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() - turnBegan < turnMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    turnBegan = performance.now();
  }
}

function* advancing(
  roster: Roster,
  clock: BoardClock,
  sight: BoardSight,
  { nowMs, tickTimesMs }: Until,
): Generator<undefined, AdvancedRoster> {
  const ticks = roster.ticks + tickTimesMs.length;
  // A write may come from a process whose clock is ahead: what was worked in must not be worked in again.
  const untilMs = Math.max(nowMs, tickTimesMs.at(-1) ?? nowMs);
  const bots: RosterBot[] = [];
  for (const bot of roster.bots) {
    let { state } = bot;
    for (const [at, atMs] of tickTimesMs.entries()) {
      state = yield* advancingBot(bot, state, clock, { ...sight, ticks: roster.ticks + at }, atMs);
      state = tickBot(bot, state, clock, roster.ticks + at + 1, atMs);
    }
    state = yield* advancingBot(bot, state, clock, { ...sight, ticks }, untilMs);
    bots.push(state === bot.state ? bot : { ...bot, state });
    yield;
  }
  const pairs = bots.map((after, at) => ({ after, before: roster.bots[at]! }));
  const changed = pairs.filter(({ after, before }) => after !== before && !isSameButStep(after.state, before.state));
  const moved = changed.filter(
    ({ after: { state }, before }) =>
      before.state.score !== state.score || before.state.achievedAtMs !== state.achievedAtMs,
  );
  const lastStep = Math.max(roster.lastStep, stepAt(clock, untilMs));
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
