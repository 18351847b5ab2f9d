import type { Holding } from './ledger.js';
import type { OwnedResource } from './owned-resource.js';

/** A holding as a batch leaves it. */
export interface MovedHolding extends OwnedResource {
  holding: Holding;
  /** Left as they are when unchanged. */
  metadataChanged: boolean;
}

/** A name that has had its effect, with what is answered to it from now on. */
export interface NamedWrite {
  gameId: string;
  environment: string;
  studioId: string;
  playerId: string;
  operation: string;
  key: string;
  bodyHash: string;
  /** JSON of a `StoredReply`. */
  reply: string;
}
