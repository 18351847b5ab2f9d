import { keyPattern, limits } from '@kraty/contracts/common';
import { boardLimits } from '@kraty/contracts/leaderboards';
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
  leaderboard: {
    description: 'A UUID names the board of an event, anything else a board the game has defined.',
    schema: { type: 'string' },
    example: 'weekly_shells',
  },
  boardKey: { description: 'Key of a board the game has defined.', schema: key, example: 'weekly_shells' },
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
  segment: {
    in: 'query',
    name: 'segment',
    description: 'Required where writes name the segment; elsewhere it is derived from `externalId` unless given.',
    schema: { type: 'string', maxLength: boardLimits.segmentCharactersMax },
    example: 'gold',
  },
  period: {
    in: 'query',
    name: 'period',
    description: '`current`, or the start of a period that had entries.',
    schema: { type: 'string', default: 'current' },
    example: '2026-08-31T00:00:00.000Z',
  },
  segmentId: {
    in: 'query',
    name: 'externalId',
    description: 'The player whose segment is read, and whom `includeSelf` means.',
    schema: externalId,
  },
  standingsScope: {
    in: 'query',
    name: 'scope',
    description: "The caller's home segment, every segment it stands in, the named one, or all of them.",
    schema: { enum: ['self_segment', 'mine', 'segment', 'all'], default: 'all' },
  },
  standingsId: {
    in: 'query',
    name: 'externalId',
    description: 'The caller; required with the scopes `self_segment` and `mine`.',
    schema: externalId,
  },
  maxSegments: {
    in: 'query',
    name: 'maxSegments',
    description: 'Segments wanted; `segmentsTruncated` says that there are more.',
    schema: {
      type: 'integer',
      minimum: 1,
      maximum: boardLimits.segmentsPerReadMax,
      default: boardLimits.segmentsPerReadDefault,
    },
  },
  periodsLimit: {
    in: 'query',
    name: 'limit',
    description: 'Periods wanted; a number out of range is refused, never clamped.',
    schema: {
      type: 'integer',
      minimum: 1,
      maximum: boardLimits.periodsPerReadMax,
      default: boardLimits.periodsPerReadDefault,
    },
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
