import type { Iso, Scope } from '../common/index.js';
import { request } from '../messages/index.js';

/** What gates and segments look at; null for a player the scope does not know. */
export interface PlayerTraits {
  country: string | null;
  firstSeenAt: Iso;
}

export const readPlayerTraits = request<{ scope: Scope; playerId: string }, { traits: PlayerTraits | null }>(
  'identity',
  'read-player-traits',
);
