import { isPlainObject } from '@kraty/contracts/common';
import type { Condition } from '@kraty/contracts/events';

/** The bounds of 05 §11. */
const depthMax = 8;
const nodesMax = 64;
const childrenMax = 16;

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string' && value !== '';
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isScalar: Check = (value) => typeof value === 'string' || typeof value === 'boolean' || isNumber(value);
const isPeriod: Check = (value) => value === 'lifetime' || value === 'current_window';
const isInstant: Check = (value) => typeof value === 'string' && Number.isFinite(Date.parse(value));
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value);

/** Fields of each leaf. */
const leaves: Record<string, Record<string, Check>> = {
  completed_event_at_least_once: { eventKey: isText, within: orAbsent(isPeriod) },
  completed_event_times_at_least: { eventKey: isText, count: isNumber, within: orAbsent(isPeriod) },
  has_item: { itemKey: isText, quantity: orAbsent(isNumber) },
  currency_at_least: { currencyKey: isText, amount: isNumber },
  progression_at_least: { economyKey: isText, amount: isNumber },
  context_equals: { key: isText, value: isScalar },
  context_in: { key: isText, values: listOf(isScalar) },
  context_at_least: { key: isText, value: isNumber },
  context_at_most: { key: isText, value: isNumber },
  country_in: { countries: listOf(isText) },
  player_age_at_least: { seconds: isNumber },
  time_between: { from: orAbsent(isInstant), to: orAbsent(isInstant) },
  always: {},
  never: {},
};

/** False for a stored tree that no validator would have let pass: an unknown type, a missing field, or too large a tree. */
export function isWellFormed(condition: unknown): condition is Condition {
  const left = { nodes: nodesMax };
  return isNode(condition, 1, left);
}

function isNode(node: unknown, depth: number, left: { nodes: number }): boolean {
  left.nodes -= 1;
  if (depth > depthMax || left.nodes < 0 || !isPlainObject(node)) return false;
  const { type } = node;
  if (type === 'not') return isNode(node['condition'], depth + 1, left);
  if (type === 'and' || type === 'or') return areChildren(node['conditions'], depth, left);
  if (typeof type !== 'string' || !Object.hasOwn(leaves, type)) return false;
  return Object.entries(leaves[type] ?? {}).every(([field, check]) => check(node[field]));
}

function areChildren(children: unknown, depth: number, left: { nodes: number }): boolean {
  if (!Array.isArray(children) || children.length === 0 || children.length > childrenMax) return false;
  return children.every((child) => isNode(child, depth + 1, left));
}
