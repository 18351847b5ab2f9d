import { fail } from '@kraty/platform/errors';

const uniqueViolation = '23505';

/** Runs a statement that writes a slug; the unique index decides, not an earlier read. */
export async function withUniqueSlug<T>(slug: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if ((error as { code?: unknown }).code !== uniqueViolation) throw error;
    throw fail('conflict', 'the slug is taken', { reason: 'slug_taken', slug }, { cause: error });
  }
}
