import type { BotBehavior } from '@kraty/contracts/leaderboards';
import { advanceBot, tickBot } from './advance-bot.js';
import { boardClock, type BoardClock } from './board-clock.js';
import { bornBot, type BoardBot, type BoardSight, type BotState } from './bot.js';
import { participantIdOf, seedOf } from './bot-seed.js';

/** Points a series holds at most; a longer one is thinned evenly (04 §6.1). */
export const pointsMax = 2_000;
/** How long steps are worked in before other work of the process has its turn. Milliseconds. */
const turnMs = 10;

export interface SimulatedPlayers {
  /** What the player of reference has reached, by second. */
  playerScores: readonly { t: number; score: number }[];
  /** Scores of the other humans, in any order. */
  humanScores: readonly number[];
  /** Seconds at which a player writes: a tick each. */
  progressWrites: readonly number[];
}

export interface SimulationPoint {
  t: number;
  score: number;
  state: string;
}

export interface SimulatedSeries {
  seed: string;
  slot: number;
  points: SimulationPoint[];
  transitions: { t: number; from: string; to: string }[];
}

/** The player of reference in a simulation; no real id. */
const referenceId = 'player';

/**
 * One bot on an imagined board, looked at in every step of its grid by the evaluator of real boards. Lets other work
 * of the process in between. Null when it is not done by `untilMs`, a reading of `performance.now()`.
 */
export async function simulateBot(
  { id, behavior }: { id: string; behavior: BotBehavior },
  { boardKey, slot, durationSeconds }: { boardKey: string; slot: number; durationSeconds: number },
  players: SimulatedPlayers,
  untilMs = Infinity,
): Promise<SimulatedSeries | null> {
  const seed = seedOf(boardKey, id, slot);
  const bot: BoardBot = { slot, seed, participantId: participantIdOf(seed), behavior };
  const clock = boardClock(0, durationSeconds * 1_000);
  const writes = players.progressWrites.toSorted((left, right) => left - right);
  const series: SimulatedSeries = { seed: boardKey, slot, points: [], transitions: [] };
  const sightAt = sightsOf(players);
  let state = bornBot(bot, clock);
  series.points.push(pointOf(0, state));
  let turnBegan = performance.now();
  const steps = Math.floor(durationSeconds / clock.gridSeconds);
  for (let step = 1, written = 0; step <= steps; step += 1) {
    const t = step * clock.gridSeconds;
    while (written < writes.length && writes[written]! <= t) written += 1;
    const moved = movedTo(bot, state, clock, sightAt(t, written), t);
    if (moved.place !== state.place) series.transitions.push({ t, from: state.place, to: moved.place });
    state = moved;
    series.points.push(pointOf(t, state));
    if (performance.now() - turnBegan < turnMs) continue;
    if (performance.now() > untilMs) return null;
    await new Promise((resolve) => setImmediate(resolve));
    turnBegan = performance.now();
  }
  return { ...series, points: thinned(series.points) };
}

/** Least, middle and most of all series at each instant. */
export function envelopeOf(series: readonly SimulatedSeries[]): { t: number; min: number; p50: number; max: number }[] {
  const [first] = series;
  if (first === undefined) return [];
  return first.points.map(({ t }, at) => {
    const scores = series.map(({ points }) => points[at]!.score).toSorted((left, right) => left - right);
    return { t, min: scores[0]!, p50: scores[Math.floor((scores.length - 1) / 2)]!, max: scores.at(-1)! };
  });
}

function movedTo(bot: BoardBot, state: BotState, clock: BoardClock, sight: BoardSight, t: number): BotState {
  const advanced = advanceBot(bot, state, clock, sight, t * 1_000);
  return tickBot(bot, advanced, clock, sight.ticks, t * 1_000);
}

/** The board as a bot sees it at seconds that ascend; it is another only when the player of reference has moved. */
function sightsOf({ playerScores, humanScores }: SimulatedPlayers): (t: number, ticks: number) => BoardSight {
  const moves = playerScores.toSorted((left, right) => left.t - right.t);
  let moved = 0;
  let seen: BoardSight | null = null;
  return (t, ticks) => {
    const before = moved;
    while (moved < moves.length && moves[moved]!.t <= t) moved += 1;
    if (seen === null || moved !== before) seen = sightOf(humanScores, moves[moved - 1]?.score ?? null);
    return { ...seen, ticks };
  };
}

function sightOf(humanScores: readonly number[], player: number | null): BoardSight {
  const humans = [...humanScores, ...(player === null ? [] : [player])].toSorted((left, right) => right - left);
  const rankOfPlayer = player === null ? 0 : humans.indexOf(player) + 1;
  return {
    humanScoreAt: (rank) => humans[Math.min(rank, humans.length) - 1] ?? null,
    requesterId: player === null ? null : referenceId,
    human: (id) => (id === referenceId && player !== null ? { score: player, rank: rankOfPlayer } : null),
    botRank: () => null,
    topScore: humans[0] ?? 0,
    humanCount: humans.length,
    participantCount: humans.length + 1,
    ticks: 0,
  };
}

function pointOf(t: number, { score, place, status }: BotState): SimulationPoint {
  return { t, score, state: status === 'active' ? place : status };
}

/** Evenly fewer points; the first and the last stay. */
function thinned(points: SimulationPoint[]): SimulationPoint[] {
  if (points.length <= pointsMax) return points;
  const stride = (points.length - 1) / (pointsMax - 1);
  return Array.from({ length: pointsMax }, (_, at) => points[Math.round(at * stride)]!);
}
