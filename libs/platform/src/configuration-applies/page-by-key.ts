export interface KeyPage {
  /** With what is archived. */
  archived: boolean;
  /** Null = from the beginning. */
  afterKey: string | null;
  limit: number;
}

/** One page of objects that stand in the order of their keys, and where the next begins; null = that was the last. */
export function pageByKey<O extends { key: string; archivedAt: string | null }>(
  objects: readonly O[],
  { archived, afterKey, limit }: KeyPage,
): { objects: O[]; nextKey: string | null } {
  const wanted = objects
    .filter(({ archivedAt }) => archived || archivedAt === null)
    .filter(({ key }) => afterKey === null || key > afterKey);
  const page = wanted.slice(0, limit);
  return { objects: page, nextKey: wanted.length > limit ? page.at(-1)!.key : null };
}
