import { canonicalContents } from '../grants/canonical-policy.js';
import type { DerivedFrom, ItemConfiguration } from './catalog.js';
import type { CrateBody, DerivedFromBody } from './catalog-configuration.js';

const startLevelDefault = 1;

/** What opening a crate rolls, in the one way to say it. Its shape has been checked. */
export function canonicalCrate({
  tableKey,
  rolls,
}: CrateBody | NonNullable<ItemConfiguration['crate']>): NonNullable<ItemConfiguration['crate']> {
  return { tableKey, ...(rolls != null && { rolls }) };
}

/** What a progression follows, in the one way to say it: rewards by level, defaults left out. */
export function canonicalDerivedFrom(stated: DerivedFrom | DerivedFromBody): DerivedFrom {
  const { sourceKey, thresholds, startLevel, levelRewards } = stated as DerivedFromBody;
  const rewards = (levelRewards ?? [])
    .map((reward) => ({ level: reward.level, ...canonicalContents(reward) }))
    .toSorted((left, right) => left.level - right.level);
  return {
    sourceKey,
    thresholds,
    ...(startLevel != null && startLevel !== startLevelDefault && { startLevel }),
    ...(rewards.length > 0 && { levelRewards: rewards }),
  };
}
