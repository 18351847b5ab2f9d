import { isPlainObject, uuidShapePattern } from '@kraty/contracts/common';

/** Kinds of objects that events name and that have ids of their own. */
export type NamedKind = 'rewardBundle' | 'bot' | 'identityPool';

/** Names of the API and the names they stand for inside (04 §12). */
const aliases: readonly { alias: string; field: string; kind: NamedKind }[] = [
  { alias: 'rewardBundleId', field: 'rewardBundleKey', kind: 'rewardBundle' },
  { alias: 'botId', field: 'botKey', kind: 'bot' },
  { alias: 'identityPoolId', field: 'identityPoolKey', kind: 'identityPool' },
];

/** Parts of an event that name such objects; free maps are never looked into. */
const namingParts = ['rewardPolicy', 'milestoneRewards', 'botBindings'] as const;

/** Levels of an event's parts that can hold a name: parameters of a policy, its tiers, one tier. */
const depthMax = 4;

/** Ids that an event names, for their owners to tell the keys (decision 0010). */
export function namedIds(event: unknown): Record<NamedKind, string[]> {
  const found: Record<NamedKind, Set<string>> = { rewardBundle: new Set(), bot: new Set(), identityPool: new Set() };
  namedByKey(event, (kind, id) => {
    found[kind].add(id);
    return null;
  });
  return {
    rewardBundle: [...found.rewardBundle],
    bot: [...found.bot],
    identityPool: [...found.identityPool],
  };
}

/**
 * The event with keys where it says ids. What `keyOf` does not know stays as it is, and the check says that it leads
 * nowhere. Takes whatever was sent: its shape is checked afterwards.
 */
export function namedByKey(event: unknown, keyOf: (kind: NamedKind, id: string) => string | null): unknown {
  if (!isPlainObject(event)) return event;
  const named = namingParts
    .filter((part) => event[part] !== undefined)
    .map((part) => [part, renamed(event[part], keyOf, depthMax)]);
  return { ...event, ...Object.fromEntries(named) };
}

function renamed(value: unknown, keyOf: (kind: NamedKind, id: string) => string | null, depth: number): unknown {
  if (depth === 0) return value;
  if (Array.isArray(value)) return value.map((inner) => renamed(inner, keyOf, depth - 1));
  if (!isPlainObject(value)) return value;
  const fields = Object.entries(value).map(([name, inner]) => {
    const known = aliases.find(({ alias, field }) => name === alias || name === field);
    if (known === undefined) return [name, renamed(inner, keyOf, depth - 1)] as const;
    if (typeof inner !== 'string' || !uuidShapePattern.test(inner)) return [name, inner] as const;
    return [name, keyOf(known.kind, inner.toLowerCase()) ?? inner] as const;
  });
  return Object.fromEntries(fields);
}
