import type { DerivedFrom } from '@kraty/contracts/economy';
import type { RewardContents } from '@kraty/contracts/grants';

const startLevelDefault = 1;

/** Value of a progression that follows a balance; the balance has been touched (08 §8). */
export function derivedValue({ thresholds, startLevel = startLevelDefault }: DerivedFrom, balance: number): number {
  return startLevel + countUpTo(thresholds, balance) - 1;
}

/** Thresholds not above the balance; they ascend strictly. */
function countUpTo(thresholds: readonly number[], balance: number): number {
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (thresholds[middle]! <= balance) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rewards of the levels crossed on the way up, ascending; going down crosses none. */
export function rewardsCrossed(
  { levelRewards = [] }: DerivedFrom,
  previous: number,
  current: number,
): { level: number; reward: RewardContents }[] {
  return levelRewards
    .filter(({ level }) => level > previous && level <= current)
    .toSorted((left, right) => left.level - right.level)
    .map(({ level, ...reward }) => ({ level, reward }));
}
