import { limits } from '@kraty/contracts/common';
import type { Schema } from '@kraty/contracts/schemas';

/** Names that stand for integers within ± 2 147 483 647 wherever they occur (01 §5). */
const boundedIntegers = new Set([
  ...['rank', 'quantity', 'balance', 'amount', 'delta', 'previous', 'current'],
  ...['fromRank', 'toRank', 'pool', 'min', 'max', 'step'],
]);
const integers = new Set(['epochMs', 'offsetMinutes', 'randomEntries']);
/** Ids that the game or the studio makes; all others are UUIDs (01 §11). */
const foreignIds = new Set(['externalPlayerId', 'sourceRefId']);
/** Maps from economy keys to balances. */
const balancesByKey = new Set(['progression']);

const boundedInteger: Schema = { type: 'integer', minimum: -limits.amountMax, maximum: limits.amountMax };

/**
 * The schema with what TypeScript's `string` and `number` leave unsaid: which fields are UUIDs, instants and integers.
 * The names of the wire decide, because a name means one thing everywhere (01 §§5, 11).
 */
export function withValueFormats(schema: Schema): Schema {
  return refined(schema, null) as Schema;
}

function refined(node: unknown, field: string | null): unknown {
  if (Array.isArray(node)) return node.map((item: unknown) => refined(item, field));
  if (typeof node !== 'object' || node === null) return node;
  const schema = node as Schema;
  const inner = Object.entries(schema).map(([keyword, value]) => {
    if (keyword === 'properties') return [keyword, refinedFields(value as Record<string, unknown>)];
    const ofMap = keyword === 'additionalProperties' && field !== null && balancesByKey.has(field);
    return [keyword, refined(value, ofMap ? 'balance' : keyword === 'anyOf' ? field : null)];
  });
  return { ...(Object.fromEntries(inner) as Schema), ...formatOf(schema, field) };
}

function refinedFields(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, refined(schema, name)]));
}

function formatOf(schema: Schema, field: string | null): Schema {
  if (Array.isArray(schema['enum']) && schema['enum'].every((value) => typeof value === 'string')) {
    return { type: 'string' };
  }
  if (field === null) return {};
  if (schema['type'] === 'number') return formatOfNumber(field);
  return schema['type'] === 'string' ? formatOfText(field) : {};
}

function formatOfNumber(field: string): Schema {
  if (boundedIntegers.has(field)) return boundedInteger;
  return integers.has(field) ? { type: 'integer' } : {};
}

function formatOfText(field: string): Schema {
  if (field === 'iso' || field.endsWith('At')) return { format: 'date-time' };
  const isId = field === 'id' || field.endsWith('Id');
  return isId && !foreignIds.has(field) ? { format: 'uuid' } : {};
}
