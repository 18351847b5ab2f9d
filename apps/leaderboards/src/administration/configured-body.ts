import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { isPlainObject } from '@kraty/contracts/common';
import {
  BotConfigurationBody,
  canonicalBoard,
  canonicalBot,
  canonicalPool,
  IdentityPoolConfigurationBody,
  LeaderboardConfigurationBody,
  type ConfiguredSection,
} from '@kraty/contracts/leaderboards';
import { issuesOf, validationFailed } from '@kraty/platform/errors';

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

export interface Keyed {
  key: string;
}

/**
 * An object as an operator sent it.
 *
 * @throws validation_failed with every issue at once, unknown fields included
 */
export function configuredBody(section: ConfiguredSection, raw: unknown): Keyed {
  return canonical[section](shapedBody(bodies[section], withNames(section, raw)) as never);
}

/** The same for any body of this context. */
export function shapedBody<B extends object>(Body: new () => B, raw: unknown): B {
  const body = plainToInstance(Body, isPlainObject(raw) ? raw : {});
  const errors = validateSync(body, { whitelist: true, forbidNonWhitelisted: true });
  if (errors.length > 0) throw validationFailed(issuesOf(errors, 'body'));
  return JSON.parse(JSON.stringify(body)) as B;
}

function withNames(section: ConfiguredSection, raw: unknown): unknown {
  if (!isPlainObject(raw)) return raw;
  const names = new Map(Object.entries(aliases[section] ?? {}));
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [names.get(name) ?? name, value]));
}
