import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';
import { limits } from '../common/index.js';

export type Schema = Record<string, unknown>;
export type BodyClass = new () => object;

/** One rule of class-validator on one field. */
interface Rule {
  propertyName: string;
  type: string;
  name?: string;
  constraints?: unknown[];
  each: boolean;
}

const metricValue: Schema = { type: 'number', minimum: -limits.scoreAbsoluteMax, maximum: limits.scoreAbsoluteMax };
const amount: Schema = { type: 'integer', minimum: 1, maximum: limits.amountMax };
const range: Schema = { type: 'object', required: ['min', 'max'] };

/** What each rule says in JSON Schema; rules that are not named here are checked by the server alone. */
const meanings: Record<string, (constraints: unknown[]) => Schema> = {
  isString: () => ({ type: 'string' }),
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => ({ type: 'integer' }),
  isNumber: () => ({ type: 'number' }),
  isPositive: () => ({ exclusiveMinimum: 0 }),
  isArray: () => ({ type: 'array' }),
  isObject: () => ({ type: 'object' }),
  isIn: ([values]) => ({ enum: values }),
  matches: ([pattern]) => ({ pattern: (pattern as RegExp).source }),
  min: ([minimum]) => ({ minimum }),
  max: ([maximum]) => ({ maximum }),
  maxLength: ([maxLength]) => ({ maxLength }),
  isLength: ([minLength, maxLength]) => ({ minLength, maxLength }),
  arrayMinSize: ([minItems]) => ({ minItems }),
  arrayMaxSize: ([maxItems]) => ({ maxItems }),
  arrayUnique: () => ({ uniqueItems: true }),
  isInstant: () => ({ type: 'string', format: 'date-time' }),
  isLocalized: () => ({ type: ['string', 'object'] }),
  isMetadata: () => ({ type: 'object', maxProperties: limits.metadataKeysMax }),
  isItemParameters: () => ({ type: 'object' }),
  isMetricValue: () => metricValue,
  isMetricValues: () => ({
    type: 'object',
    minProperties: 1,
    maxProperties: limits.metricsPerWriteMax,
    additionalProperties: metricValue,
  }),
  isAmount: () => amount,
  isRewardAmount: () => ({ anyOf: [amount, range] }),
  isEmptyUntilItComes: () => ({ type: 'array', maxItems: 0 }),
};

/** The JSON Schema of a body class, from the same rules that check it. Classes must not contain themselves. */
export function classSchema(bodyClass: BodyClass): Schema {
  const rules = getMetadataStorage().getTargetValidationMetadatas(bodyClass, '', true, false) as Rule[];
  const fields = [...new Set(rules.map(({ propertyName }) => propertyName))];
  const ofField = (field: string) => rules.filter(({ propertyName }) => propertyName === field);
  const required = fields.filter((field) => !isOptional(ofField(field)));
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length > 0 && { required }),
    properties: Object.fromEntries(fields.map((field) => [field, fieldSchema(bodyClass, field, ofField(field))])),
  };
}

function fieldSchema(bodyClass: BodyClass, field: string, rules: Rule[]): Schema {
  const own = meaningOf(rules.filter(({ each, type }) => !each && type !== 'nestedValidation'));
  const items = meaningOf(rules.filter(({ each, type }) => each && type !== 'nestedValidation'));
  const nested = rules.some(({ type }) => type === 'nestedValidation') ? nestedClass(bodyClass, field) : null;
  const isList = own['type'] === 'array';
  const inner = nested ? classSchema(nested) : items;
  const schema = isList ? { ...own, ...(Object.keys(inner).length > 0 && { items: inner }) } : { ...own, ...inner };
  return isOptional(rules) ? orNull(schema) : schema;
}

/** Decorators are recorded from the last to the first. */
function meaningOf(rules: Rule[]): Schema {
  const parts = rules.toReversed().map(({ name, constraints = [] }) => meanings[name ?? '']?.(constraints) ?? {});
  const patterns = parts.filter((part) => 'pattern' in part);
  const merged: Schema = Object.assign({}, ...parts);
  return patterns.length > 1 ? { ...merged, pattern: undefined, allOf: patterns } : merged;
}

function isOptional(rules: Rule[]): boolean {
  return rules.some(({ type }) => type === 'conditionalValidation');
}

/** A null counts as absent (01 §12). */
function orNull(schema: Schema): Schema {
  return Object.keys(schema).length === 0 ? schema : { anyOf: [schema, { type: 'null' }] };
}

/** class-transformer keeps the classes of nested fields to itself, but it makes instances of them for everybody. */
function nestedClass(bodyClass: BodyClass, field: string): BodyClass | null {
  const probe = plainToInstance(bodyClass, { [field]: {} }) as Record<string, object>;
  const found = probe[field]?.constructor as BodyClass | undefined;
  return found === undefined || (found as unknown) === Object ? null : found;
}
