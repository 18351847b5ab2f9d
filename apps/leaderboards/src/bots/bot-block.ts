import { blockDefaults, type BotStep } from '@kraty/contracts/leaderboards';
import { randomOf } from './bot-seed.js';

/** A block that a bot has entered. Seconds count from the start of the board. */
export interface EnteredBlock {
  step: BotStep;
  /** Names the block in the label of its variance. */
  label: string;
  enteredAt: number;
  /** Score at entry. */
  startScore: number;
}

/** What of bot and board a block's score goes by. */
export interface BlockGround {
  seed: string;
  /** Length of the board, seconds. */
  lengthSeconds: number;
}

/** Scores are integers, and none is below 0; a sum that floating point left a hair short counts as whole. */
export function wholeScore(value: number): number {
  return Math.max(0, Math.floor(value + 1e-9));
}

/** The target of a block with its variance (10 §5). */
export function targetOf({ step, label }: EnteredBlock, { seed }: BlockGround): number {
  const { targetScore = blockDefaults.targetScore, variance = 0 } = step.params ?? {};
  if (variance === 0) return Math.round(targetScore);
  const u = randomOf(seed, `variance:${label}`);
  return Math.round(targetScore * (1 + variance * (2 * u - 1)));
}

/** Score by time alone at a second not before entry; null for blocks that hold what other things have made. */
export function scoreByTime(entered: EnteredBlock, ground: BlockGround, second: number): number | null {
  const { step, startScore } = entered;
  switch (step.block) {
    case 'progress_linear':
      return onLine(entered, ground, second, shareOfLine);
    case 'progress_burst':
      return onLine(entered, ground, second, burstShare);
    case 'complete_at':
      return towardsCompletion(entered, ground, second);
    case 'idle':
    case 'wait':
    case 'complete':
    case 'quit':
      return startScore;
    case 'track_position':
    case 'match_player_pace':
    case 'random_step_with_fall':
      return null;
  }
}

/** The second at which a block is done by time; null = never, or not by time. */
export function doneAt(entered: EnteredBlock, ground: BlockGround): number | null {
  const { step, enteredAt, startScore } = entered;
  switch (step.block) {
    case 'progress_linear':
    case 'progress_burst':
      return targetOf(entered, ground) <= startScore ? enteredAt : enteredAt + lineSeconds(entered, ground);
    case 'idle':
    case 'wait':
    case 'track_position':
    case 'match_player_pace': {
      const { durationSeconds } = step.params ?? {};
      return durationSeconds === undefined ? null : enteredAt + durationSeconds;
    }
    default:
      return null;
  }
}

/** The second from which the bot is over; null = never (10 §5: `complete`, `quit`, `complete_at` reached). */
export function endsAt(entered: EnteredBlock, ground: BlockGround): number | null {
  const { step, enteredAt, startScore } = entered;
  if (step.block === 'complete' || step.block === 'quit') return enteredAt;
  if (step.block !== 'complete_at') return null;
  const { atSeconds } = step.params ?? {};
  if (atSeconds !== undefined) return Math.max(enteredAt, atSeconds);
  return targetOf(entered, ground) <= startScore ? enteredAt : enteredAt + lineSeconds(entered, ground);
}

/** Both move from the score at entry to the target and never back. */
function onLine(
  entered: EnteredBlock,
  ground: BlockGround,
  second: number,
  shareAt: (entered: EnteredBlock, share: number) => number,
): number {
  const { startScore, enteredAt } = entered;
  const target = targetOf(entered, ground);
  if (target <= startScore) return startScore;
  const length = lineSeconds(entered, ground);
  const share = length <= 0 ? 1 : Math.min(1, (second - enteredAt) / length);
  return wholeScore(startScore + (target - startScore) * shareAt(entered, share));
}

const shareOfLine = (_entered: EnteredBlock, share: number): number => share;

/** Slow, then nearly all at once, then nothing (10 §5.4). */
function burstShare({ step }: EnteredBlock, p: number): number {
  const {
    burstStart: b = blockDefaults.burstStart,
    burstEnd: c = blockDefaults.burstEnd,
    slowShare: w = blockDefaults.slowShare,
  } = step.params ?? {};
  if (p < b) return (w * p) / b;
  return p < c ? w + ((1 - w) * (p - b)) / (c - b) : 1;
}

/** Seconds from entry to the target. */
function lineSeconds(entered: EnteredBlock, ground: BlockGround): number {
  const { step, enteredAt, startScore } = entered;
  const { durationSeconds, ratePerSecond } = step.params ?? {};
  if (durationSeconds !== undefined) return durationSeconds;
  if (step.block === 'progress_burst') return blockDefaults.burstSeconds;
  if (ratePerSecond !== undefined) return (targetOf(entered, ground) - startScore) / ratePerSecond;
  return Math.max(0, ground.lengthSeconds - enteredAt);
}

/** 10 §5.7. */
function towardsCompletion(entered: EnteredBlock, ground: BlockGround, second: number): number {
  const { step, startScore, enteredAt } = entered;
  const { targetScore, atSeconds } = step.params ?? {};
  if (targetScore === undefined) return startScore;
  if (atSeconds === undefined) return onLine(entered, ground, second, shareOfLine);
  const target = targetOf(entered, ground);
  if (target <= startScore) return startScore;
  if (second >= atSeconds) return target;
  return wholeScore(startScore + ((target - startScore) * (second - enteredAt)) / (atSeconds - enteredAt));
}
