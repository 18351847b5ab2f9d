import type { GameScope, Localized } from '@kraty/contracts/common';
import { canonicalBot, type BotConfiguration } from '@kraty/contracts/leaderboards';

/** A bot as it is kept (10 §1). Its behavior may be invalid: it is kept all the same, and cannot be bound. */
export interface BotDefinition {
  botId: string;
  studioId: string;
  gameId: string;
  key: string;
  name: Localized;
  description: string | null;
  tags: string[];
  behavior: BotConfiguration['behavior'];
  identityPoolKey: string | null;
  version: number;
  archivedAt: Date | null;
}

/** What a document's bot becomes; its version is counted where it is kept. */
export function botDefinitionOf(game: GameScope, botId: string, stated: BotConfiguration): BotDefinition {
  const { key, name, description, tags, behavior, identityPoolKey } = canonicalBot(stated);
  return {
    ...{ botId, studioId: game.studioId, gameId: game.gameId, key, name, behavior },
    description: description ?? null,
    tags: tags ?? [],
    identityPoolKey: identityPoolKey ?? null,
    version: 1,
    archivedAt: null,
  };
}

/** A bot as a document states it. */
export function botConfigurationOf(bot: BotDefinition): BotConfiguration {
  const { key, name, description, tags, behavior, identityPoolKey } = bot;
  return canonicalBot({ key, name, ...(description !== null && { description }), tags, behavior, identityPoolKey });
}
