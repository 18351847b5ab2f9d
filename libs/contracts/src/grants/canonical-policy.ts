import { compact, isPlainObject } from '../common/index.js';
import type {
  FixedBundlePolicy,
  MilestoneReward,
  RankScaledPolicy,
  RewardContents,
  RewardPolicy,
  SharedPoolPolicy,
  WinnerPredicate,
} from './policies.js';
import type { RewardContentsBody } from './reward-contents-body.js';
import type { MilestoneRewardBody, RewardPolicyBody } from './reward-policy-body.js';
import type { RewardEntry } from './rewards.js';

/** A policy in the one way to say it; undefined = it pays nothing. Its shape has been checked. */
export function canonicalPolicy(stated: RewardPolicyBody | null | undefined): RewardPolicy | undefined {
  const policy = stated as RewardPolicy | null | undefined;
  switch (policy?.type) {
    case 'fixed_bundle':
      return { type: policy.type, parameters: canonicalContents(policy.parameters) } satisfies FixedBundlePolicy;
    case 'rank_scaled':
      return rankScaled(policy);
    case 'shared_pool':
      return sharedPool(policy);
    default:
      return undefined;
  }
}

export function canonicalMilestone(stated: MilestoneRewardBody): MilestoneReward {
  const { key, metricKey, threshold } = stated;
  return { key, metricKey, threshold, ...canonicalContents(stated) };
}

/** Bundles are named by key, whichever of the two names was used (decision 0010). */
export function canonicalContents(stated: RewardContentsBody | RewardContents): RewardContents {
  const { rewardBundleKey, rewardBundleId, entries } = stated as RewardContentsBody;
  const bundle = rewardBundleKey ?? rewardBundleId;
  if (bundle) return { rewardBundleKey: bundle };
  // What is left of a checked entry has the fields of its type and no others.
  return { entries: (entries ?? []).map((entry) => canonicalEntry(entry as RewardEntry)) };
}

function rankScaled({ type, parameters }: RankScaledPolicy): RankScaledPolicy {
  const tiers = parameters.tiers.map((tier) => {
    const { fromRank, toRank } = tier;
    return { fromRank, toRank, ...canonicalContents(tier) };
  });
  return { type, parameters: { tiers: tiers.toSorted((a, b) => a.fromRank - b.fromRank) } };
}

function sharedPool({ type, parameters }: SharedPoolPolicy): SharedPoolPolicy {
  const { pool, currencyKey, winnerPredicate, poolScope } = parameters;
  return {
    type,
    parameters: {
      pool,
      currencyKey,
      winnerPredicate: canonicalPredicate(winnerPredicate),
      ...(poolScope === 'board' && { poolScope }),
    },
  };
}

function canonicalPredicate(predicate: WinnerPredicate): WinnerPredicate {
  if (predicate.type === 'not') return { type: predicate.type, condition: canonicalPredicate(predicate.condition) };
  if (predicate.type === 'and' || predicate.type === 'or') {
    return { type: predicate.type, conditions: predicate.conditions.map(canonicalPredicate) };
  }
  return { ...predicate };
}

/** A range counts in steps of 1 unless it says otherwise (07 §2). */
function canonicalEntry(entry: RewardEntry): RewardEntry {
  const fields = Object.entries(entry).map(([name, value]) =>
    name !== 'parameters' && isPlainObject(value) ? [name, canonicalRange(value)] : [name, value],
  );
  return compact<RewardEntry>(Object.fromEntries(fields));
}

function canonicalRange({ step, ...range }: Record<string, unknown>): unknown {
  return step === 1 || step === null || step === undefined ? range : { ...range, step };
}
