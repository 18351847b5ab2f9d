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
const signedAmount: Schema = {
  type: 'integer',
  minimum: -limits.amountMax,
  maximum: limits.amountMax,
  not: { const: 0 },
};
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
  isContextValue: () => ({ type: ['string', 'number', 'boolean'] }),
  isPerDivision: () => ({ type: 'object' }),
  isMetricValue: () => metricValue,
  isMetricValues: () => ({
    type: 'object',
    minProperties: 1,
    maxProperties: limits.metricsPerWriteMax,
    additionalProperties: metricValue,
  }),
  isAmount: () => amount,
  isSignedAmount: () => signedAmount,
  isRewardAmount: () => ({ anyOf: [amount, range] }),
  isGrantedEntries: () => ({ type: 'array', minItems: 1, maxItems: 50, items: { type: 'object', required: ['type'] } }),
  isRolls: () => ({ anyOf: [amount, range] }),
  isEmptyUntilItComes: () => ({ type: 'array', maxItems: 0 }),
};

/** The JSON Schema of a body class, from the same rules that check it. What holds its own kind holds an object there. */
export function classSchema(bodyClass: BodyClass, outer: readonly BodyClass[] = []): Schema {
  const rules = getMetadataStorage().getTargetValidationMetadatas(bodyClass, '', true, false) as Rule[];
  const fields = [...new Set(rules.map(({ propertyName }) => propertyName))];
  const ofField = (field: string) => rules.filter(({ propertyName }) => propertyName === field);
  const required = fields.filter((field) => !isOptional(ofField(field)));
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length > 0 && { required }),
    properties: Object.fromEntries(
      fields.map((field) => [field, fieldSchema(bodyClass, field, ofField(field), [...outer, bodyClass])]),
    ),
  };
}

function fieldSchema(bodyClass: BodyClass, field: string, rules: Rule[], outer: readonly BodyClass[]): Schema {
  const own = meaningOf(rules.filter(({ each, type }) => !each && type !== 'nestedValidation'));
  const items = meaningOf(rules.filter(({ each, type }) => each && type !== 'nestedValidation'));
  const nested = rules.some(({ type }) => type === 'nestedValidation') ? nestedClass(bodyClass, field) : null;
  const isList = own['type'] === 'array';
  const inner = nested ? nestedSchema(bodyClass, field, nested, outer) : items;
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

/** What class-validator calls the rule of `@Allow()`. */
const allowed = 'whitelistValidation';

function isOptional(rules: Rule[]): boolean {
  return rules.some(({ type }) => type === 'conditionalValidation') || rules.every(({ type }) => type === allowed);
}

/** A null counts as absent (01 §12). */
function orNull(schema: Schema): Schema {
  return Object.keys(schema).length === 0 ? schema : { anyOf: [schema, { type: 'null' }] };
}

/** The class of a field, or one schema a kind where a word tells the kinds apart (`OneOf`). */
function nestedSchema(bodyClass: BodyClass, field: string, nested: BodyClass, outer: readonly BodyClass[]): Schema {
  if (outer.some((one) => one !== nested && one.prototype instanceof nested)) return { type: 'object' };
  const kinds = kindsOf(bodyClass, field, nested);
  if (kinds.length === 0) return classSchema(nested, outer);
  return { anyOf: kinds.map(({ word, value, kind }) => ofKind(classSchema(kind, outer), word, value)) };
}

function ofKind(schema: Schema, word: string, value: unknown): Schema {
  const properties = schema['properties'] as Record<string, Schema>;
  return { ...schema, properties: { ...properties, [word]: { const: value } } };
}

interface Kind {
  word: string;
  value: unknown;
  kind: BodyClass;
}

/** The values of a word of the base class, if objects with them become instances of other classes. */
function kindsOf(bodyClass: BodyClass, field: string, base: BodyClass): Kind[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(base, '', true, false) as Rule[];
  for (const { propertyName: word, name, constraints, each } of rules) {
    if (name !== 'isIn' || each) continue;
    const kinds = (constraints?.[0] as readonly unknown[]).map((value) => ({
      word,
      value,
      kind: nestedClass(bodyClass, field, { [word]: value }) ?? base,
    }));
    if (kinds.some(({ kind }) => kind !== base)) return kinds;
  }
  return [];
}

/** class-transformer keeps the classes of nested fields to itself, but it makes instances of them for everybody. */
function nestedClass(bodyClass: BodyClass, field: string, like: object = {}): BodyClass | null {
  const probe = plainToInstance(bodyClass, { [field]: like }) as Record<string, object>;
  const found = probe[field]?.constructor as BodyClass | undefined;
  return found === undefined || (found as unknown) === Object ? null : found;
}
