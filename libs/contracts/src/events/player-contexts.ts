import type { Iso, Json } from '../common/index.js';
import { fact } from '../messages/index.js';

/** A start that made no attempt (it handed back the one in progress, or its lobby still forms) told the context anew. */
export interface PlayerContextGiven {
  playerId: string;
  givenAt: Iso;
  /** Never empty: an empty one leaves the player's last context as it is (12 §5). */
  playerContext: Json;
}

/** A fresh attempt's context is told by `attemptStarted`. Aggregate = the player, revision = `givenAt` in epoch ms. */
export const playerContextGiven = fact<PlayerContextGiven>('events', 'player', 'context-given', 'state');
