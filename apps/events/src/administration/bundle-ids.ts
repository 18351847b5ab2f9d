import { isPlainObject, uuidShapePattern } from '@kraty/contracts/common';

/** Parts of a statement that name bundles; elsewhere, in metadata for instance, the same word means nothing. */
const payingFields = ['rewardPolicy', 'milestoneRewards'] as const;
const idField = 'rewardBundleId';

/** Ids by which a statement names bundles, each once. No key is UUID-shaped, so nothing else is meant (01 §11). */
export function bundleIdsIn(body: unknown): string[] {
  if (!isPlainObject(body)) return [];
  return [...new Set(payingFields.flatMap((field) => idsIn(body[field])))];
}

/** The statement with keys in the place of these ids; what is not among them stays. */
export function withBundleKeys(body: unknown, keys: ReadonlyMap<string, string>): unknown {
  if (!isPlainObject(body)) return body;
  const named = payingFields.filter((field) => body[field] !== undefined);
  return { ...body, ...Object.fromEntries(named.map((field) => [field, renamed(body[field], keys)])) };
}

function idsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (!isPlainObject(value)) return [];
  return Object.entries(value).flatMap(([field, inner]) =>
    field === idField && typeof inner === 'string' && uuidShapePattern.test(inner)
      ? [inner.toLowerCase()]
      : idsIn(inner),
  );
}

function renamed(value: unknown, keys: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((inner) => renamed(inner, keys));
  if (!isPlainObject(value)) return value;
  const fields = Object.entries(value).map(([field, inner]) => {
    const key = field === idField && typeof inner === 'string' ? keys.get(inner.toLowerCase()) : undefined;
    return [field, key ?? renamed(inner, keys)];
  });
  return Object.fromEntries(fields) as unknown;
}
