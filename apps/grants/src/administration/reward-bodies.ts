import type { Keyed } from '@kraty/contracts/configuration';
import {
  RewardBundleConfigurationBody,
  RewardTableConfigurationBody,
  type RewardSection,
} from '@kraty/contracts/grants';
import { shapedBody } from '@kraty/platform/errors';

const bodies: Record<RewardSection, new () => object> = {
  rewardBundles: RewardBundleConfigurationBody,
  rewardTables: RewardTableConfigurationBody,
};

/** A bundle or table as an operator sent it. @throws validation_failed */
export function rewardConfiguration(section: RewardSection, raw: unknown): Keyed {
  return shapedBody(bodies[section], raw) as Keyed;
}
