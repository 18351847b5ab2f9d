import type { BotBehavior, BotState as StateOfMachine } from '@kraty/contracts/leaderboards';
import { blockDefaults } from '@kraty/contracts/leaderboards';
import { evaluateExpression, parseExpression, type Expression } from '@kraty/contracts/expressions';
import { secondsAt, stepAt, type BoardClock } from './board-clock.js';
import { doneAt, scoreByTime, targetOf, wholeScore } from './bot-block.js';
import { enteredBlock, groundOf, nextPlace, statusAt, type BoardBot, type BoardSight, type BotState } from './bot.js';
import { identifiersOf } from './bot-needs.js';
import { randomOf } from './bot-seed.js';

/** Steps of a state machine judged in one piece: the costliest that may be bound takes a millisecond a step. */
const stepsAPiece = 8;

/**
 * The bot as it stands at an instant (10 §6.3). The same instants, sights and ticks give the same state, and blocks
 * that go by time alone give the same score however often somebody looked in between.
 */
export function advanceBot(
  bot: BoardBot,
  state: BotState,
  clock: BoardClock,
  sight: BoardSight,
  nowMs: number,
): BotState {
  const work = advancingBot(bot, state, clock, sight, nowMs);
  for (;;) {
    const { done, value } = work.next(false);
    if (done) return value;
  }
}

/**
 * The same in pieces: a state machine that nobody has looked at for long has thousands of steps to judge. Told `true`
 * after a piece it stops there, without having looked at others, and another call goes on from the step it has reached.
 */
export function* advancingBot(
  bot: BoardBot,
  state: BotState,
  clock: BoardClock,
  sight: BoardSight,
  nowMs: number,
): Generator<undefined, BotState, boolean> {
  const step = stepAt(clock, nowMs);
  if (state.status !== 'active' || step <= state.lastStep) return state;
  const watching = { ...state, referenceId: referenceOf(state, sight) };
  if (bot.behavior.type === 'state_machine') {
    return yield* throughStates(bot, bot.behavior, watching, clock, sight, step);
  }
  return { ...alongSteps(bot, watching, clock, sight, step), lastStep: step };
}

/** Ticks of the board that the bot has not worked in yet, in order (10 §5.10); call it on an advanced bot. */
export function tickBot(bot: BoardBot, state: BotState, clock: BoardClock, ticks: number, nowMs: number): BotState {
  if (state.status !== 'active' || ticks <= state.lastTick) return state;
  let current = state;
  for (let tick = state.lastTick + 1; tick <= ticks && isRandom(bot, current); tick += 1) {
    current = steppedOnce(bot, current, clock, tick, nowMs);
  }
  return { ...current, lastTick: ticks };
}

function isRandom(bot: BoardBot, state: BotState): boolean {
  return enteredBlock(bot, state).step.block === 'random_step_with_fall';
}

function steppedOnce(bot: BoardBot, state: BotState, clock: BoardClock, tick: number, nowMs: number): BotState {
  const entered = enteredBlock(bot, state);
  const { step = blockDefaults.step, advanceChance, fallTo } = { ...blockDefaults, ...entered.step.params };
  const target = targetOf(entered, groundOf(bot, clock));
  if (state.score >= target) return state;
  const advances = randomOf(bot.seed, `tick:${tick}`) < advanceChance;
  const score = advances ? Math.min(target, wholeScore(state.score + step)) : wholeScore(fallTo);
  const moved = score === state.score ? state : { ...state, score, achievedAtMs: nowMs };
  return score === target ? enteredNext(bot, moved, clock, secondsAt(clock, nowMs)) : moved;
}

/** Into the next step of a sequence at a second; the same state where there is none. */
function enteredNext(bot: BoardBot, state: BotState, clock: BoardClock, second: number): BotState {
  const place = nextPlace(bot.behavior, state.place);
  if (place === null) return state;
  const next = { ...state, place, enteredAt: second, startScore: state.score, entries: state.entries + 1 };
  return { ...next, status: statusAt(enteredBlock(bot, next), groundOf(bot, clock), second) };
}

/** Single blocks and sequences. */
function alongSteps(bot: BoardBot, before: BotState, clock: BoardClock, sight: BoardSight, step: number): BotState {
  const at = (wanted: number): BotState => byTime(bot, before, clock, wanted * clock.gridSeconds);
  const after = at(step);
  if (after.score !== before.score) {
    const reached = firstStep(before.lastStep + 1, step, (wanted) => at(wanted).score === after.score);
    after.achievedAtMs = instantOf(clock, reached);
  }
  return sawOthers(bot, after, clock, sight, step);
}

/** The state at a second by time alone: blocks that look at others or wait for ticks hold their score. */
function byTime(bot: BoardBot, before: BotState, clock: BoardClock, second: number): BotState {
  const ground = groundOf(bot, clock);
  let state = { ...before };
  for (;;) {
    const entered = enteredBlock(bot, state);
    const done = isRandomDone(bot, state, clock) ? state.enteredAt : doneAt(entered, ground);
    const next = nextPlace(bot.behavior, state.place);
    if (done === null || done > second || next === null) {
      const score = scoreByTime(entered, ground, second) ?? state.score;
      return { ...state, score, status: statusAt(entered, ground, second) };
    }
    const score = scoreByTime(entered, ground, done) ?? state.score;
    state = { ...state, score, place: next, enteredAt: done, startScore: score, entries: state.entries + 1 };
  }
}

/** A random block that is entered with its target reached is done at once. */
function isRandomDone(bot: BoardBot, state: BotState, clock: BoardClock): boolean {
  if (!isRandom(bot, state)) return false;
  return state.score >= targetOf(enteredBlock(bot, state), groundOf(bot, clock));
}

function* throughStates(
  bot: BoardBot,
  machine: Extract<BotBehavior, { type: 'state_machine' }>,
  before: BotState,
  clock: BoardClock,
  sight: BoardSight,
  last: number,
): Generator<undefined, BotState, boolean> {
  const ground = groundOf(bot, clock);
  const rules = rulesOf(machine);
  const state = { ...before };
  let judgedEntry = 0;
  for (let step = before.lastStep + 1; step <= last && state.status === 'active'; step += 1) {
    const second = step * clock.gridSeconds;
    const isJudged = judgedEntry === state.entries;
    if (!isWaiting(bot, state, second)) judgedEntry = state.entries;
    const to = transitionOf(bot, rules, state, clock, sight, second, isJudged);
    if (to !== null) {
      Object.assign(state, { place: to, enteredAt: second, startScore: state.score, entries: state.entries + 1 });
    }
    const entered = enteredBlock(bot, state);
    moveTo(state, scoreByTime(entered, ground, second) ?? state.score, instantOf(clock, step));
    state.status = statusAt(entered, ground, second);
    if (step % stepsAPiece === 0 && step < last && (yield)) return { ...state, lastStep: step };
  }
  return { ...sawOthers(bot, state, clock, sight, last), lastStep: last };
}

interface Rule {
  when: Expression;
  to: string;
  /** It asks for nothing that changes while the bot stays where it is and the sight is the same. */
  isSteady: boolean;
}

/** What changes from step to step; `random` does with each entry only (10 §7). */
const variablesOfTime = new Set(['elapsedSeconds', 'stateSeconds', 'remainingSeconds', 'score']);

const parsedRules = new WeakMap<object, Map<string, Rule[]>>();

/** Parsed once for a behavior; one that is bound has no unparsable expression. */
function rulesOf(machine: Extract<BotBehavior, { type: 'state_machine' }>): Map<string, Rule[]> {
  const known = parsedRules.get(machine);
  if (known) return known;
  const rules = new Map(Object.entries(machine.states).map(([name, state]) => [name, rulesOfState(state)]));
  parsedRules.set(machine, rules);
  return rules;
}

function rulesOfState({ transitions = [] }: StateOfMachine): Rule[] {
  return transitions.flatMap(({ when, to }) => {
    const parsed = parseExpression(when.expr, () => true);
    if (!parsed.ok) return [];
    const isSteady = identifiersOf(parsed.expression).every((name) => !variablesOfTime.has(name));
    return [{ when: parsed.expression, to, isSteady }];
  });
}

/** A waiting bot takes no transition (10 §5.2). */
function isWaiting(bot: BoardBot, state: BotState, second: number): boolean {
  const { block, params } = enteredBlock(bot, state).step;
  return block === 'wait' && second - state.enteredAt < (params?.['durationSeconds'] ?? 0);
}

/**
 * The first transition that holds.
 *
 * @param isJudged steady ones did not hold in an earlier step of this stay, and so do not hold now
 */
function transitionOf(
  bot: BoardBot,
  rules: Map<string, Rule[]>,
  state: BotState,
  clock: BoardClock,
  sight: BoardSight,
  second: number,
  isJudged: boolean,
): string | null {
  if (isWaiting(bot, state, second)) return null;
  const valueOf = variablesOf(bot, state, clock, sight, second);
  const asked = rules.get(state.place)?.filter(({ isSteady }) => !(isSteady && isJudged));
  return asked?.find(({ when }) => Boolean(evaluateExpression(when, valueOf)))?.to ?? null;
}

/** 10 §7, bot variables. `random` costs a hash and stays the same while one step is judged, however often it is asked. */
function variablesOf(
  bot: BoardBot,
  state: BotState,
  clock: BoardClock,
  sight: BoardSight,
  second: number,
): (name: string) => number {
  const reference = () => (state.referenceId === null ? null : sight.human(state.referenceId));
  let random: number | null = null;
  return (name) => {
    switch (name) {
      case 'elapsedSeconds':
        return second;
      case 'stateSeconds':
        return second - state.enteredAt;
      case 'remainingSeconds':
        return Math.max(0, clock.lengthSeconds - second);
      case 'score':
        return state.score;
      case 'rank':
        return sight.botRank(bot.participantId) ?? sight.participantCount;
      case 'topScore':
        return sight.topScore;
      case 'playerScore':
        return reference()?.score ?? 0;
      case 'playerRank':
        return reference()?.rank ?? 0;
      case 'humanCount':
        return sight.humanCount;
      case 'participantCount':
        return sight.participantCount;
      case 'ticks':
        return sight.ticks;
      case 'random':
        return (random ??= randomOf(bot.seed, `state:${state.entries}`));
      default:
        return 0;
    }
  };
}

/** Who sets the pace: the caller if on the board, else whom the bot followed last (10 §5.6). */
function referenceOf(state: BotState, sight: BoardSight): string | null {
  const { requesterId } = sight;
  return requesterId !== null && sight.human(requesterId) !== null ? requesterId : state.referenceId;
}

/** Blocks that look at other rows do so at the last step only (10 §6.3). */
function sawOthers(bot: BoardBot, state: BotState, clock: BoardClock, sight: BoardSight, step: number): BotState {
  if (state.status !== 'active') return state;
  const seen = seenScore(bot, state, clock, sight, step * clock.gridSeconds);
  if (seen !== null) moveTo(state, Math.max(state.score, wholeScore(seen)), instantOf(clock, step));
  return state;
}

function seenScore(
  bot: BoardBot,
  state: BotState,
  clock: BoardClock,
  sight: BoardSight,
  second: number,
): number | null {
  const entered = enteredBlock(bot, state);
  const done = doneAt(entered, groundOf(bot, clock));
  if (done !== null && second >= done) return null;
  const { targetRank = 1, offset = 0, ratio = blockDefaults.ratio } = entered.step.params ?? {};
  if (entered.step.block === 'track_position') {
    const reference = sight.humanScoreAt(targetRank);
    return reference === null ? null : reference + offset;
  }
  if (entered.step.block !== 'match_player_pace') return null;
  const reference = paceOf(state, sight);
  return reference === null ? null : reference * ratio + offset;
}

function paceOf({ referenceId }: BotState, sight: BoardSight): number | null {
  const followed = referenceId === null ? null : sight.human(referenceId);
  return followed?.score ?? sight.humanScoreAt(1);
}

function moveTo(state: BotState, score: number, atMs: number): void {
  if (score === state.score) return;
  state.score = score;
  state.achievedAtMs = atMs;
}

function instantOf(clock: BoardClock, step: number): number {
  return clock.startMs + step * clock.gridSeconds * 1_000;
}

/** The first step in a range from which on a property holds; it holds at the last. */
function firstStep(first: number, last: number, holds: (step: number) => boolean): number {
  let [low, high] = [first, last];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
