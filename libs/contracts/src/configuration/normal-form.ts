import type { SectionName } from './index.js';
import { canonicalText } from './canonical.js';

type Fields = Record<string, unknown>;

/** Fields whose content belongs to the studio: nothing in them is a default. */
const freeForm: readonly string[] = ['metadata', 'attributes'];

/** What an object means when it does not say it (04 §12: defaults are left out). */
const defaults: Record<SectionName, Fields> = {
  items: { itemTypeKey: 'generic', tags: [], attributes: {} },
  currencies: { initialBalance: 0, clientWritable: false },
  rewardBundles: {},
  events: {
    status: 'draft',
    metadata: {},
    metrics: [],
    scoreFormula: { type: 'linear' },
    completion: { rule: 'all_targets' },
    leaderboard: { mode: 'global' },
    attempt: {},
    rewardPolicy: { type: 'none' },
    contributesTo: [],
    entryCost: { currencies: [], items: [] },
    milestoneRewards: [],
    botBindings: [],
    antiCheat: { validators: [] },
    windowOverrides: [],
  },
};

/**
 * A keyed object without nulls and defaults: two documents mean the same exactly when their normal forms are equal.
 * The order of fields stays.
 */
export function normalForm(section: SectionName, object: object): Fields {
  const stated = withoutNulls(object) as Fields;
  const shaped = section === 'events' ? normalEvent(stated) : stated;
  const meant = Object.entries(shaped).filter(([name, value]) => !isEqual(value, defaults[section][name]));
  return Object.fromEntries(meant.map(([name, value]) => [name, isText(name) ? canonicalText(value as never) : value]));
}

/** Defaults inside the parts of an event, and names that stand for the same thing. */
function normalEvent(event: Fields): Fields {
  const { leaderboard, metrics, key, name, type } = event;
  const normal = { ...event };
  if (isFields(leaderboard) && leaderboard['scoreAggregation'] === 'best')
    normal['leaderboard'] = without(leaderboard, 'scoreAggregation');
  if (Array.isArray(metrics)) {
    normal['metrics'] = metrics.map((metric) => (isFields(metric) ? normalMetric(metric) : metric));
    if (type === (metrics.length === 1 ? 'single_metric' : 'multi_metric')) delete normal['type'];
  }
  if (name === key) delete normal['name'];
  return normal;
}

function normalMetric(metric: Fields): Fields {
  const { scoreWeight, capAtTarget, ...rest } = metric;
  return {
    ...rest,
    ...(capAtTarget === true && { capAtTarget }),
    ...(scoreWeight !== undefined && rest['scorePerUnit'] === undefined && { scorePerUnit: scoreWeight }),
  };
}

/** A field that is null counts as absent (01 §12). */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isFields(value)) return value;
  const given = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
  return Object.fromEntries(
    given.map(([name, inner]) => [name, freeForm.includes(name) ? inner : withoutNulls(inner)]),
  );
}

function without(fields: Fields, name: string): Fields {
  const { [name]: _left, ...rest } = fields;
  return rest;
}

function isText(name: string): boolean {
  return name === 'name' || name === 'description';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Defaults are small and written in one order. */
function isEqual(value: unknown, expected: unknown): boolean {
  return expected !== undefined && JSON.stringify(value) === JSON.stringify(expected);
}
