import type { SectionName } from './index.js';
import { canonicalDerivedFrom } from '../economy/index.js';
import { canonicalEvent, canonicalOverrides } from '../events/index.js';
import { canonicalBoard, canonicalBot, canonicalPool } from '../leaderboards/index.js';
import { canonicalText } from './canonical.js';

type Fields = Record<string, unknown>;

/** Fields whose content belongs to the studio, or where null says something: nothing in them is a default. */
const freeForm: readonly string[] = ['metadata', 'attributes', 'perDivision', 'behavior'];

/** What an object means when it does not say it (04 §12: defaults are left out). */
const defaults: Record<SectionName, Fields> = {
  itemTypes: {},
  items: { itemTypeKey: 'generic', tags: [], attributes: {} },
  currencies: { initialBalance: 0, clientWritable: false },
  rewardBundles: {},
  rewardTables: { rolls: 1, withReplacement: true },
  identityPools: {},
  bots: {},
  leaderboards: {},
  events: { status: 'draft' },
};

/**
 * A keyed object without nulls and defaults: two documents mean the same exactly when their normal forms are equal.
 * The order of fields stays.
 */
export function normalForm(section: SectionName, object: object): Fields {
  const shaped = shapedBySection(section, withoutNulls(object) as Fields);
  const meant = Object.entries(shaped).filter(([name, value]) => !isEqual(value, defaults[section][name]));
  return Object.fromEntries(meant.map(([name, value]) => [name, isText(name) ? canonicalText(value as never) : value]));
}

/** Defaults inside the parts of an object, and names that stand for the same thing. */
function shapedBySection(section: SectionName, stated: Fields): Fields {
  if (section === 'events') return shapedEvent(stated);
  if (section === 'bots') return { ...canonicalBot(stated as never) };
  if (section === 'identityPools') return { ...canonicalPool(stated as never) };
  if (section === 'leaderboards') return { ...canonicalBoard(stated as never) };
  if (section === 'currencies' && isFields(stated['derivedFrom'])) {
    return { ...stated, derivedFrom: canonicalDerivedFrom(stated['derivedFrom'] as never) };
  }
  if (section === 'rewardTables') return withoutStepsOfOneInTable(stated);
  if (section !== 'rewardBundles' || !Array.isArray(stated['entries'])) return stated;
  return { ...stated, entries: stated['entries'].map(withoutStepOfOne) };
}

function shapedEvent(stated: Fields): Fields {
  const windowOverrides = canonicalOverrides(stated['windowOverrides'] as never);
  const overrides = windowOverrides.length === 0 ? {} : { windowOverrides };
  return { ...canonicalEvent(stated as never), status: stated['status'] ?? 'draft', ...overrides };
}

function withoutStepsOfOneInTable(table: Fields): Fields {
  const shaped = withoutStepOfOne(table) as Fields;
  if (!Array.isArray(shaped['weightedEntries'])) return shaped;
  const weightedEntries = shaped['weightedEntries'].map((weighted: unknown) =>
    isFields(weighted) ? { ...weighted, entry: withoutStepOfOne(weighted['entry']) } : weighted,
  );
  return { ...shaped, weightedEntries };
}

/** A range counts in steps of 1 unless it says otherwise (07 §2). */
function withoutStepOfOne(entry: unknown): unknown {
  if (!isFields(entry)) return entry;
  const fields = Object.entries(entry).map(([name, value]) =>
    isFields(value) && value['step'] === 1 ? [name, without(value, 'step')] : [name, value],
  );
  return Object.fromEntries(fields);
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
