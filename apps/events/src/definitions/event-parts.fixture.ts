export const recurring = {
  mode: 'recurring_windows',
  timezone: 'UTC',
  windows: [{ startTime: '20:00', durationSeconds: 3_600 }],
};

/** Conditions inside each other, `levels` in all. */
export const nested = (levels: number): object =>
  levels === 1 ? { type: 'always' } : { type: 'not', condition: nested(levels - 1) };
/** One `and` of `and`s: 1 + 4 + 4 × `each` nodes. */
export const wide = (each: number): object => ({
  type: 'and',
  conditions: Array.from({ length: 4 }, () => ({
    type: 'or',
    conditions: Array.from({ length: each }, () => ({ type: 'never' })),
  })),
});
export const pool = (rest: object): object => ({
  rewardPolicy: {
    type: 'shared_pool',
    parameters: { pool: 100, currencyKey: 'cash', winnerPredicate: { type: 'completed' }, ...rest },
  },
});
export const tiers = (...list: object[]): object => ({
  rewardPolicy: { type: 'rank_scaled', parameters: { tiers: list } },
});
export const tier = (fromRank: number, toRank: number): object => ({ fromRank, toRank, rewardBundleKey: 'prize' });
export const milestone = (rest: object): object => ({
  milestoneRewards: [{ key: 'm', metricKey: 'shells', threshold: 1, rewardBundleKey: 'prize', ...rest }],
});
export const validator = (key: string, params: object): object => ({ antiCheat: { validators: [{ key, params }] } });
export const split = (segmentation: object, rest: object = {}): object => ({
  leaderboard: { mode: 'segmented', segmentation, ...rest },
});
export const divisions = (...mins: number[]): object => ({
  type: 'progression',
  economyKey: 'league_tier',
  divisions: mins.map((min, at) => ({ key: `d${at}`, min })),
});
export const bots = (...botBindings: object[]): object => ({ botBindings });
export const formula = (expr: unknown): object => ({ scoreFormula: { type: 'expression', expr } });
