import type { Json, Scope } from '../common/index.js';
import { request } from '../messages/index.js';

/** Players of one question. */
export const lastContextsMax = 200;

/**
 * The context each player gave last with a start (12 §5), without the email; players without one are left out. At most
 * `lastContextsMax` players, the rest is not looked at.
 */
export const readLastContexts = request<{ scope: Scope; playerIds: string[] }, { contexts: Record<string, Json> }>(
  'identity',
  'read-last-contexts',
);
