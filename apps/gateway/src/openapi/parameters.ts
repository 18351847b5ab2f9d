import { keyPattern, limits } from '@kraty/contracts/common';
import type { Schema } from '@kraty/contracts/schemas';

const key: Schema = { type: 'string', pattern: keyPattern.source };
const uuid: Schema = { type: 'string', format: 'uuid' };
const flag: Schema = { type: ['boolean', 'null'], default: false };
const externalId: Schema = { type: 'string', minLength: 1, maxLength: limits.externalIdCodePointsMax };

interface Parameter {
  description: string;
  schema: Schema;
  example?: unknown;
}

/** Parameters of paths, by their names in the routes. */
const inPath: Readonly<Record<string, Parameter>> = {
  externalId: {
    description: `The game's own id of the player: 1–${limits.externalIdCodePointsMax} code points, case-sensitive, no control characters, neither \`.\` nor \`..\`, not beginning with \`__deleted_\` or \`__merged_\`.`,
    schema: externalId,
    example: 'mira',
  },
  eventKey: { description: 'Key of the event.', schema: key, example: 'crab_sprint' },
  attemptId: { description: 'Id of the attempt. Anything but a UUID is not found.', schema: uuid },
  grantId: { description: 'Id of the grant. Anything but a UUID is not found.', schema: uuid },
  leaderboard: { description: 'Id of the event board. Anything but a UUID is not found.', schema: uuid },
  leaderboardId: { description: 'Id of the event board. Anything but a UUID is refused.', schema: uuid },
  itemKey: { description: 'Key of the item. Of an unknown one the player holds 0.', schema: key, example: 'bait' },
  economyKey: {
    description: 'Key of the currency or progression. Of an unknown one the player holds 0.',
    schema: key,
    example: 'pearls',
  },
};

const elsewhere = {
  status: { in: 'query', name: 'status', description: 'The only value there is.', schema: { enum: ['active'] } },
  limit: {
    in: 'query',
    name: 'limit',
    description: 'Rows wanted; a number out of range is refused, never clamped.',
    schema: { type: 'integer', minimum: 1, maximum: limits.listLimitMax, default: limits.listLimitDefault },
  },
  includeSelf: {
    in: 'query',
    name: 'includeSelf',
    description: 'Asks for `self` and marks the same player in `entries`; needs `externalId`.',
    schema: flag,
  },
  selfId: {
    in: 'query',
    name: 'externalId',
    description: 'The player meant by `includeSelf`, without which it is ignored.',
    schema: externalId,
  },
  progression: {
    in: 'query',
    name: 'progression',
    description: 'Comma-separated economy keys whose balances are wanted on every player row; unknown keys read 0.',
    schema: { type: 'array', items: { type: 'string' }, maxItems: limits.progressionKeysPerReadMax },
    style: 'form',
    explode: false,
  },
  force: {
    in: 'query',
    name: 'force',
    description: 'Mints a new secret for a player who has one. Keys of the live environment ignore it.',
    schema: flag,
  },
  timezone: {
    in: 'query',
    name: 'timezone',
    description: 'IANA name of a time zone.',
    schema: { type: 'string', default: 'UTC' },
    example: 'Europe/Lisbon',
  },
  ifNoneMatch: {
    in: 'header',
    name: 'If-None-Match',
    description: 'The `ETag` of the copy the caller holds.',
    schema: { type: 'string' },
  },
} as const;

export type ParameterName = keyof typeof elsewhere;

/** A parameter of a query or a header. */
export function parameter(name: ParameterName): Schema {
  return elsewhere[name];
}

/**
 * A parameter of a path.
 *
 * @throws Error for a name that nothing describes
 */
export function pathParameter(name: string): Schema {
  const known = inPath[name];
  if (!known) throw new Error(`the path parameter ${name} has no description`);
  return { in: 'path', name, required: true, ...known };
}
