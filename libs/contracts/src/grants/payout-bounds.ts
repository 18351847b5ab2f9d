import { limits } from '../common/index.js';
import { isRewardAmount, rewardLimits } from './reward-configuration.js';
import type { Amount } from './rewards.js';

/** What is looked at of an entry, whose own fields may be wrong still. */
interface PayoutEntry {
  type: string;
  currencyKey?: string;
  amount?: Amount;
  itemKey?: string;
  quantity?: Amount;
}

export interface PayoutProblem {
  code: 'range' | 'length';
  message: string;
}

/** Why entries that stand well each by itself cannot be paid out together; empty when they can (07 §1). */
export function payoutProblems(entries: readonly PayoutEntry[]): PayoutProblem[] {
  const problems: PayoutProblem[] = [];
  // A grant that could pass the largest balance by itself could never be claimed.
  if ([...totals(entries).values()].some((total) => total > limits.amountMax)) {
    problems.push({ code: 'range', message: `could give more than ${limits.amountMax} of one` });
  }
  if (Buffer.byteLength(JSON.stringify(entries)) > rewardLimits.payoutBytesMax) {
    problems.push({ code: 'length', message: `must not exceed ${rewardLimits.payoutBytesMax} bytes as JSON` });
  }
  return problems;
}

/** The most of each resource, the largest rolls taken. */
function totals(entries: readonly PayoutEntry[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { type, currencyKey, amount, itemKey, quantity } of entries) {
    const given = type === 'currency' ? amount : quantity;
    if (!isRewardAmount(given)) continue;
    const resource = `${type}:${type === 'currency' ? currencyKey : itemKey}`;
    sums.set(resource, (sums.get(resource) ?? 0) + (typeof given === 'number' ? given : given.max));
  }
  return sums;
}
