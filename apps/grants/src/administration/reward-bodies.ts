import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import {
  RewardBundleConfigurationBody,
  RewardTableConfigurationBody,
  type RewardBundleConfiguration,
  type RewardSection,
  type RewardTableConfiguration,
} from '@kraty/contracts/grants';
import { issuesOf, validationFailed } from '@kraty/platform/errors';

const bodies = { rewardBundles: RewardBundleConfigurationBody, rewardTables: RewardTableConfigurationBody };

/**
 * A bundle or table as an operator sent it.
 *
 * @throws validation_failed with every issue at once, unknown fields included
 */
export function rewardConfiguration(
  section: RewardSection,
  raw: unknown,
): RewardBundleConfiguration | RewardTableConfiguration {
  const { idempotencyKey: _, ...stated } = (raw ?? {}) as Record<string, unknown>;
  const body = plainToInstance<object, unknown>(bodies[section], stated);
  const errors = validateSync(body, { whitelist: true, forbidNonWhitelisted: true });
  if (errors.length > 0) throw validationFailed(issuesOf(errors, 'body'));
  return JSON.parse(JSON.stringify(body)) as RewardBundleConfiguration | RewardTableConfiguration;
}
