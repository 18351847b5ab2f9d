import type { Iso } from '../common/index.js';
import { request } from '../messages/index.js';
import type { Operator } from './operators.js';

export interface Studio {
  id: string;
  name: string;
  slug: string;
  createdAt: Iso;
}

/** The studios in which the member has any role. */
export const listStudios = request<{ operator: Operator }, Studio[]>('identity', 'list-studios');

/** Owners of any studio only. Errors: `conflict` (slug_taken). */
export const createStudio = request<{ operator: Operator; name: string; slug: string }, Studio>(
  'identity',
  'create-studio',
);

/** `studio.read`. */
export const readStudio = request<{ operator: Operator; studioId: string }, Studio>('identity', 'read-studio');

/** `studio.update`. Errors: `conflict` (slug_taken). */
export const updateStudio = request<{ operator: Operator; studioId: string; name?: string; slug?: string }, Studio>(
  'identity',
  'update-studio',
);

/** `studio.delete`. Errors: `conflict` (games_not_archived). */
export const deleteStudio = request<{ operator: Operator; studioId: string }, Record<string, never>>(
  'identity',
  'delete-studio',
);
