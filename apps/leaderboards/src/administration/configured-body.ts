import { isPlainObject } from '@kraty/contracts/common';
import type { Keyed } from '@kraty/contracts/configuration';
import {
  BotConfigurationBody,
  canonicalBoard,
  canonicalBot,
  canonicalPool,
  IdentityPoolConfigurationBody,
  LeaderboardConfigurationBody,
  type ConfiguredObject,
  type ConfiguredSection,
} from '@kraty/contracts/leaderboards';
import { shapedBody } from '@kraty/platform/errors';

const bodies: Record<ConfiguredSection, new () => object> = {
  leaderboards: LeaderboardConfigurationBody,
  bots: BotConfigurationBody,
  identityPools: IdentityPoolConfigurationBody,
};

const canonical: Record<ConfiguredSection, (object: never) => Keyed> = {
  leaderboards: canonicalBoard,
  bots: canonicalBot,
  identityPools: canonicalPool,
};

/** Names of the API beside those of documents (decision 0010). */
const aliases: Partial<Record<ConfiguredSection, Record<string, string>>> = {
  bots: { identityPoolId: 'identityPoolKey' },
};

/**
 * An object as an operator sent it.
 *
 * @throws validation_failed with every issue at once, unknown fields included
 */
export function configuredBody(section: ConfiguredSection, raw: unknown): Keyed {
  return canonical[section](shapedBody(bodies[section], withNames(section, raw)) as never);
}

const stateFields = ['id', 'version', 'archivedAt', 'validation', 'pendingFrom'];

/** What a document would say of it. */
export function statedOf(object: ConfiguredObject): Keyed {
  const stated = Object.entries(object).filter(([name]) => !stateFields.includes(name));
  return Object.fromEntries(stated) as unknown as Keyed;
}

function withNames(section: ConfiguredSection, raw: unknown): unknown {
  if (!isPlainObject(raw)) return raw;
  const names = new Map(Object.entries(aliases[section] ?? {}));
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [names.get(name) ?? name, value]));
}
