import { envelopeOf, pointsMax, simulateBot, type SimulatedPlayers, type SimulatedSeries } from './simulation.js';

const nobody: SimulatedPlayers = { playerScores: [], humanScores: [], progressWrites: [] };
const board = { boardKey: 'demo', slot: 0, durationSeconds: 600 };
const linear = {
  id: 'b',
  behavior: { type: 'single', block: 'progress_linear', params: { targetScore: 600 } },
} as const;

/** One that has all the time it needs. */
async function simulated(...asked: Parameters<typeof simulateBot>): Promise<SimulatedSeries> {
  const series = await simulateBot(...asked);
  expect(series).not.toBeNull();
  return series!;
}

describe('a simulation', () => {
  it('shows every step of the grid, the same each time', async () => {
    const { points } = await simulated(linear, board, nobody);
    expect(points).toHaveLength(601);
    expect([points[0], points[60], points[600]]).toEqual([
      { t: 0, score: 0, state: '0' },
      { t: 60, score: 60, state: '0' },
      { t: 600, score: 600, state: '0' },
    ]);
    expect(await simulated(linear, board, nobody)).toEqual(await simulated(linear, board, nobody));
  });

  it('is thinned evenly to the points a page can draw', async () => {
    const { points } = await simulated(linear, { ...board, durationSeconds: 8_000 }, nobody);
    expect(points).toHaveLength(pointsMax);
    expect([points[0]!.t, points.at(-1)!.t]).toEqual([0, 8_000]);
  });

  it('steps with the writes of players, and falls by the seed', async () => {
    const bot = {
      id: 'b',
      behavior: { type: 'single', block: 'random_step_with_fall', params: { advanceChance: 1 } },
    } as const;
    const { points } = await simulated(bot, board, { ...nobody, progressWrites: [3, 1, 3] });
    expect([0, 1, 2, 3, 4].map((t) => points[t]!.score)).toEqual([0, 1, 1, 3, 3]);
  });

  it('keeps pace with the player as the scores say, and tells every change of state', async () => {
    const bot = {
      id: 'b',
      behavior: {
        type: 'state_machine',
        initial: 'rest',
        states: {
          rest: { block: 'idle', transitions: [{ when: { expr: 'playerScore >= 50' }, to: 'chase' }] },
          chase: { block: 'match_player_pace' },
        },
      },
    } as const;
    const players = {
      ...nobody,
      playerScores: [
        { t: 5, score: 20 },
        { t: 9, score: 70 },
      ],
      humanScores: [90],
    };
    const { points, transitions } = await simulated(structuredClone(bot) as never, board, players);
    expect(transitions).toEqual([{ t: 9, from: 'rest', to: 'chase' }]);
    expect([points[8]!.score, points[9]!.score]).toEqual([0, 70]);
  });

  it('lets other work of the process in between, and is given up when its time is over', async () => {
    const expr = Array.from({ length: 48 }, () => 'random').join(' + ') + ' > 99';
    const transitions = Array.from({ length: 16 }, () => ({ when: { expr }, to: 'rest' }));
    const behavior = {
      type: 'state_machine',
      initial: 'rest',
      states: { rest: { block: 'idle', transitions } },
    } as const;
    const scores = Array.from({ length: 1_000 }, (_, at) => (at * 7_919) % 1_009);
    const players = { ...nobody, humanScores: scores, playerScores: scores.map((score, t) => ({ t, score })) };
    let turns = 0;
    const others = setInterval(() => (turns += 1), 1);
    const untilMs = performance.now() + 500;
    const month = { ...board, durationSeconds: 2_678_400 };
    const bot = { id: 'b', behavior: structuredClone(behavior) as never };
    expect(await simulateBot(bot, month, players, untilMs)).toBeNull();
    clearInterval(others);
    expect(performance.now() - untilMs).toBeLessThan(5_000);
    expect(turns).toBeGreaterThan(3);
  });

  it('has an envelope of all its series', async () => {
    const bot = {
      id: 'b',
      behavior: { type: 'single', block: 'progress_linear', params: { targetScore: 600, variance: 1 } },
    } as const;
    const series = await Promise.all(['a', 'b', 'c'].map((boardKey) => simulated(bot, { ...board, boardKey }, nobody)));
    const ends = series.map(({ points }) => points.at(-1)!.score).toSorted((left, right) => left - right);
    expect(envelopeOf(series).at(-1)).toEqual({ t: 600, min: ends[0], p50: ends[1], max: ends[2] });
    expect(envelopeOf([])).toEqual([]);
  });
});
