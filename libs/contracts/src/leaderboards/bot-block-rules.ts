import { limits } from '../common/index.js';
import type { BotBlock } from './bots.js';

/** What a parameter of a block may be. */
export interface ParameterRule {
  required?: true;
  least: number;
  most: number;
  /** The lower bound itself is refused. */
  above?: true;
  integer?: true;
}

/** Longest time a parameter may name, seconds: a little more than a year. */
const secondsMax = 31_622_400;

const seconds: ParameterRule = { least: 0, most: secondsMax, above: true };
const score: ParameterRule = { least: 0, most: limits.scoreAbsoluteMax };
const share: ParameterRule = { least: 0, most: 1 };
const offset: ParameterRule = { least: -limits.scoreAbsoluteMax, most: limits.scoreAbsoluteMax };

/** Parameters of every block (10 §5). */
export const blockParameters: Record<BotBlock, Record<string, ParameterRule>> = {
  idle: { durationSeconds: seconds },
  wait: { durationSeconds: { ...seconds, required: true } },
  progress_linear: {
    targetScore: { ...score, required: true },
    durationSeconds: seconds,
    ratePerSecond: { least: 0, most: limits.scoreAbsoluteMax, above: true },
    variance: share,
  },
  progress_burst: {
    targetScore: { ...score, required: true },
    durationSeconds: seconds,
    burstStart: { ...share, above: true },
    burstEnd: { ...share, above: true },
    slowShare: share,
    variance: share,
  },
  track_position: {
    targetRank: { required: true, least: 1, most: 1_000_000, integer: true },
    offset: { ...offset, integer: true },
    durationSeconds: seconds,
  },
  match_player_pace: {
    ratio: { least: 0, most: 1_000_000, above: true },
    offset,
    durationSeconds: seconds,
  },
  complete_at: { targetScore: score, atSeconds: { least: 0, most: secondsMax }, variance: share },
  complete: {},
  quit: {},
  random_step_with_fall: {
    targetScore: score,
    step: { ...score, above: true },
    advanceChance: share,
    fallTo: score,
    variance: share,
  },
};

/** Defaults of the parameters that have one of their own. */
export const blockDefaults = {
  burstSeconds: 60,
  burstStart: 0.5,
  burstEnd: 0.8,
  slowShare: 0.15,
  ratio: 1,
  targetScore: 5,
  step: 1,
  advanceChance: 0.6,
  fallTo: 0,
} as const;

/** Identifiers that a transition may use (10 §7). */
export const botVariables: readonly string[] = [
  'elapsedSeconds',
  'stateSeconds',
  'remainingSeconds',
  'score',
  'rank',
  'topScore',
  'playerScore',
  'playerRank',
  'humanCount',
  'participantCount',
  'ticks',
  'random',
];

/** Bounds of a behavior (10 §4). */
export const behaviorLimits = {
  stepsMax: 32,
  statesMax: 32,
  transitionsMax: 16,
  startScoreMax: 1_000_000_000,
  /** As JSON. */
  bytesMax: 256 * 1024,
} as const;
