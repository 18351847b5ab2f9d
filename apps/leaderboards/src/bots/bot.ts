import type { BotBehavior, BotStep } from '@kraty/contracts/leaderboards';
import type { BoardClock } from './board-clock.js';
import type { BlockGround, EnteredBlock } from './bot-block.js';
import { endsAt } from './bot-block.js';

/** A bot on one board: what it does, and its seed there. */
export interface BoardBot {
  slot: number;
  seed: string;
  participantId: string;
  behavior: BotBehavior;
}

export type BotStatus = 'active' | 'completed' | 'quit' | 'retired';

/** Where a bot stands (10 §6.3). */
export interface BotState {
  /** Last step of the board's grid that is worked in. */
  lastStep: number;
  /** Last tick of the board that is worked in. */
  lastTick: number;
  /** Index of the step, or name of the state, that the bot is in. */
  place: string;
  /** Second at which it entered there. */
  enteredAt: number;
  /** Entries so far; 1 in the first block. */
  entries: number;
  /** Score at entry. */
  startScore: number;
  score: number;
  achievedAtMs: number;
  status: BotStatus;
  /** Whose pace it has kept last. */
  referenceId: string | null;
}

/** What a bot can see of its board; read once for a call and the same for all its bots. */
export interface BoardSight {
  /** Score of the human at a rank among humans, of the last one if there are fewer; null without humans. */
  humanScoreAt(rank: number): number | null;
  /** The player who writes or reads; null when nobody on the board does. */
  requesterId: string | null;
  /** A human row by id; null when it is not on the board. */
  human(participantId: string): { score: number; rank: number } | null;
  /** Rank of a bot when the call began; null when it is not ranked. */
  botRank(participantId: string): number | null;
  topScore: number;
  humanCount: number;
  participantCount: number;
  ticks: number;
}

/** The bot as it enters a board. */
export function bornBot(bot: BoardBot, clock: BoardClock): BotState {
  const startScore = bot.behavior.startScore ?? 0;
  const state: BotState = {
    lastStep: 0,
    lastTick: 0,
    place: firstPlace(bot.behavior),
    enteredAt: 0,
    entries: 1,
    startScore,
    score: startScore,
    achievedAtMs: clock.startMs,
    status: 'active',
    referenceId: null,
  };
  return { ...state, status: statusAt(enteredBlock(bot, state), groundOf(bot, clock), 0) };
}

/** The block that the bot is in. */
export function enteredBlock({ behavior }: BoardBot, { place, enteredAt, startScore }: BotState): EnteredBlock {
  return { step: stepOf(behavior, place), label: place, enteredAt, startScore };
}

export function groundOf({ seed }: BoardBot, { lengthSeconds }: BoardClock): BlockGround {
  return { seed, lengthSeconds };
}

/** The place after this one in a sequence; null at the end of all others. */
export function nextPlace(behavior: BotBehavior, place: string): string | null {
  if (behavior.type !== 'sequence') return null;
  const next = Number(place) + 1;
  return next < behavior.steps.length ? String(next) : null;
}

export function statusAt(entered: EnteredBlock, ground: BlockGround, second: number): BotStatus {
  const end = endsAt(entered, ground);
  if (end === null || second < end) return 'active';
  return entered.step.block === 'quit' ? 'quit' : 'completed';
}

function stepOf(behavior: BotBehavior, place: string): BotStep {
  if (behavior.type === 'single') return behavior;
  const step = behavior.type === 'sequence' ? behavior.steps[Number(place)] : behavior.states[place];
  if (step === undefined) throw new Error(`a bot is in ${place}, which its behavior does not have`);
  return step;
}

function firstPlace(behavior: BotBehavior): string {
  return behavior.type === 'state_machine' ? behavior.initial : '0';
}
