import { gameChanged, type GameState } from '@kraty/contracts/identity';
import type { NewFact } from '@kraty/platform/facts';
import type { GameRow } from './games.store.js';

/** The game as it is now, for those who keep a copy. */
export function gameFact(game: GameRow): NewFact<GameState> {
  const { id: gameId, studioId, archivedAt, settings } = game;
  const payload = { gameId, studioId, archivedAt: archivedAt?.toISOString() ?? null, settings };
  return { type: gameChanged, scope: { studioId, gameId }, aggregateId: gameId, revision: game.version, payload };
}
