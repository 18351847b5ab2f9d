import type {
  MilestoneReward,
  RewardContents,
  RewardEntry,
  RewardPolicy,
  WinnerPredicate,
} from '@kraty/contracts/grants';
import fc from 'fast-check';

const amount = fc.oneof(
  fc.integer({ min: 1, max: 500 }),
  fc
    .tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 50 }))
    .map(([min, more]) => ({ min, max: min + more })),
  fc
    .tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9 }))
    .map(([min, step, steps]) => ({ min, max: min + step * steps, step })),
);

const entry: fc.Arbitrary<RewardEntry> = fc.oneof(
  amount.map((given): RewardEntry => ({ type: 'currency', currencyKey: 'cash', amount: given })),
  amount.map((given): RewardEntry => ({ type: 'item', itemKey: 'torch', quantity: given })),
  fc.integer({ min: 1, max: 3 }).map((quantity): RewardEntry => ({ type: 'crate', crateItemKey: 'chest', quantity })),
  fc.integer({ min: 1, max: 3 }).map((rolls): RewardEntry => ({ type: 'table', tableKey: 'loot', rolls })),
);

/** A bundle by either of its names, or entries. */
const contents = fc.oneof(
  fc.constant({ rewardBundleKey: 'prize' }),
  fc.constant({ rewardBundleId: 'prize' } as unknown as RewardContents),
  fc.record({ entries: fc.array(entry, { minLength: 1, maxLength: 5 }) }),
) as fc.Arbitrary<RewardContents>;

/** Milestones of these metrics, each with a key of its own. */
export function anyMilestones(metricKeys: readonly string[]): fc.Arbitrary<MilestoneReward[]> {
  const one = fc.tuple(fc.constantFrom(...metricKeys), fc.integer({ min: 1, max: 60 }), contents);
  return fc
    .array(one, { maxLength: 4 })
    .map((list) => list.map(([metricKey, threshold, pays], at) => ({ key: `m_${at}`, metricKey, threshold, ...pays })));
}

function anyPredicate(metricKeys: readonly string[]): fc.Arbitrary<WinnerPredicate> {
  return fc.letrec<{ predicate: WinnerPredicate }>((tie) => ({
    predicate: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc
        .tuple(fc.constantFrom(...metricKeys), fc.integer({ min: -5, max: 60 }))
        .map(([metricKey, threshold]): WinnerPredicate => ({ type: 'metric_at_least', metricKey, threshold })),
      fc.integer().map((threshold): WinnerPredicate => ({ type: 'score_at_least', threshold })),
      fc.integer({ min: 1, max: 50 }).map((rank): WinnerPredicate => ({ type: 'rank_at_most', rank })),
      fc.constant<WinnerPredicate>({ type: 'completed' }),
      tie('predicate').map((condition): WinnerPredicate => ({ type: 'not', condition })),
      fc
        .tuple(
          fc.constantFrom('and' as const, 'or' as const),
          fc.array(tie('predicate'), { minLength: 1, maxLength: 3 }),
        )
        .map(([type, conditions]): WinnerPredicate => ({ type, conditions })),
    ),
  })).predicate;
}

/** Tiers that follow each other with gaps. */
const tiers = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 5 }), contents), {
    minLength: 1,
    maxLength: 4,
  })
  .map((list) => {
    let next = 1;
    return list.map(([gap, width, pays]) => {
      const fromRank = next + gap;
      next = fromRank + width + 1;
      return { fromRank, toRank: fromRank + width, ...pays };
    });
  });

/** A reward policy of every type (05 §13). */
export function anyPolicy(metricKeys: readonly string[]): fc.Arbitrary<RewardPolicy> {
  return fc.oneof(
    fc.constant<RewardPolicy>({ type: 'none' }),
    contents.map((parameters): RewardPolicy => ({ type: 'fixed_bundle', parameters })),
    tiers.map((list): RewardPolicy => ({ type: 'rank_scaled', parameters: { tiers: list } })),
    fc
      .record(
        {
          pool: fc.integer({ min: 1, max: 10_000 }),
          currencyKey: fc.constantFrom('cash', 'league_tier'),
          winnerPredicate: anyPredicate(metricKeys),
          poolScope: fc.constantFrom('window' as const, 'board' as const),
        },
        { requiredKeys: ['pool', 'currencyKey', 'winnerPredicate'] },
      )
      .map((parameters): RewardPolicy => ({ type: 'shared_pool', parameters })),
  );
}
