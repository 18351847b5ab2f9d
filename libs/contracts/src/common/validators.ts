import { Transform } from 'class-transformer';
import { ValidateBy, buildMessage, type ValidationOptions } from 'class-validator';
import { limits } from './limits.js';
import type { Json } from './values.js';

/** True for an object of at most 64 keys of 1–64 characters, 8 KiB as JSON and 8 levels (01 §11). */
export function isMetadata(value: unknown): value is Json {
  if (!isPlainObject(value)) return false;
  const keys = Object.keys(value);
  if (keys.length > limits.metadataKeysMax) return false;
  if (keys.some((key) => key.length < 1 || key.length > limits.metadataKeyCharactersMax)) return false;
  if (depthOf(value, limits.metadataDepthMax) > limits.metadataDepthMax) return false;
  return Buffer.byteLength(JSON.stringify(value)) <= limits.metadataBytesMax && isStorable(value);
}

/** What PostgreSQL cannot hold in JSON: NUL and half of a surrogate pair. `JSON.stringify` writes both as escapes. */
const unstorableEscape = /(?:^|[^\\])(?:\\\\)*\\u(?:0000|d[89ab][0-9a-f]{2}|d[c-f][0-9a-f]{2})/i;

/** True for a value from JSON whose texts the database can keep. */
export function isStorable(value: unknown): boolean {
  return !unstorableEscape.test(JSON.stringify(value) ?? '');
}

/** An object from JSON: no array, no null. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Levels of nesting; stops counting one above `max`. A plain value has depth 0, `{}` has depth 1. */
export function depthOf(value: unknown, max: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (max <= 0) return 1;
  let deepest = 0;
  for (const child of Object.values(value)) deepest = Math.max(deepest, depthOf(child, max - 1));
  return deepest + 1;
}

const isoInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;

/** Years of four digits in UTC: others are written in a form that neither clients nor the database read. */
const earliestMs = Date.parse('0001-01-01T00:00:00.000Z');
const latestMs = Date.parse('9999-12-31T23:59:59.999Z');

/** Epoch milliseconds of an ISO 8601 instant with a zone; null when it is none (01 §11). */
export function parseInstant(value: unknown): number | null {
  if (typeof value !== 'string' || !isoInstant.test(value)) return null;
  const milliseconds = Date.parse(value);
  if (Number.isNaN(milliseconds) || milliseconds < earliestMs || milliseconds > latestMs) return null;
  return hasRealDate(value) ? milliseconds : null;
}

/** `Date.parse` rolls 31 February over into March; a date that does not exist is refused instead. */
function hasRealDate(value: string): boolean {
  const [year, month, day] = value.slice(0, 10).split('-').map(Number) as [number, number, number];
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** An object within the bounds of every metadata and context (01 §11). Issue code: `length`. */
export function IsMetadata(options?: ValidationOptions): PropertyDecorator {
  const bounds = `an object of at most ${limits.metadataKeysMax} keys, ${limits.metadataBytesMax} bytes and ${limits.metadataDepthMax} levels`;
  return rule('isMetadata', isMetadata, `$property must be ${bounds}`, options);
}

/** A free map as it came: class-transformer leaves out fields named like a method of every object, `toString`. */
export function AsItIs(): PropertyDecorator {
  return Transform(({ obj, key }) => (obj as Record<string, unknown>)[key]);
}

/** A text the database can keep. Issue code: `format`. */
export function IsStorable(options?: ValidationOptions): PropertyDecorator {
  return rule('isStorable', isStorable, '$property must not contain NUL or half of a surrogate pair', options);
}

/** An ISO 8601 instant with a zone. Issue code: `format`. */
export function IsInstant(options?: ValidationOptions): PropertyDecorator {
  return rule(
    'isInstant',
    (value) => parseInstant(value) !== null,
    '$property must be an ISO 8601 instant with a zone',
    options,
  );
}

/** 1 … 2 147 483 647, an integer. Issue code: `range`. */
export function IsAmount(options?: ValidationOptions): PropertyDecorator {
  return rule(
    'isAmount',
    (value) => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= limits.amountMax,
    `$property must be an integer from 1 to ${limits.amountMax}`,
    options,
  );
}

/** −2 147 483 647 … 2 147 483 647, an integer and not 0. Issue code: `range`. */
export function IsSignedAmount(options?: ValidationOptions): PropertyDecorator {
  return rule(
    'isSignedAmount',
    (value) => Number.isInteger(value) && value !== 0 && Math.abs(value as number) <= limits.amountMax,
    `$property must be an integer from -${limits.amountMax} to ${limits.amountMax} and not 0`,
    options,
  );
}

/** A finite number within ±10^15. Issue code: `range`. */
export function IsMetricValue(options?: ValidationOptions): PropertyDecorator {
  return rule('isMetricValue', isMetricValue, '$property must be a number within ±10^15', options);
}

/** 1 … 32 metric keys, each with a number within ±10^15. Issue code: `range`. */
export function IsMetricValues(options?: ValidationOptions): PropertyDecorator {
  return rule(
    'isMetricValues',
    (value) => {
      if (!isPlainObject(value)) return false;
      const values = Object.values(value);
      return values.length >= 1 && values.length <= limits.metricsPerWriteMax && values.every(isMetricValue);
    },
    `$property must name 1 to ${limits.metricsPerWriteMax} metrics, each a number within ±10^15`,
    options,
  );
}

/** A finite number within ±10^15 (01 §11). */
export function isMetricValue(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= limits.scoreAbsoluteMax;
}

function rule(
  name: string,
  holds: (value: unknown) => boolean,
  message: string,
  options?: ValidationOptions,
): PropertyDecorator {
  return ValidateBy(
    {
      name,
      validator: { validate: holds, defaultMessage: buildMessage((eachPrefix) => eachPrefix + message, options) },
    },
    options,
  );
}
