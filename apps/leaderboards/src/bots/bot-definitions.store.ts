import { Injectable } from '@nestjs/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import type { BotDefinition } from './bot-definition.js';

const columns = `bot_id as "botId", studio_id as "studioId", game_id as "gameId", key, name, description, tags, behavior,
  identity_pool_key as "identityPoolKey", version, archived_at as "archivedAt"`;

const selectOfGame = statement('bots-of-game', `select ${columns} from bot_definition where game_id = $1`);
const selectByKeys = statement(
  'bots-by-keys',
  `select ${columns} from bot_definition where game_id = $1 and key = any($2::text[])`,
);
/** Writing an archived bot brings it back. Every save counts as a version (10 §1). */
const save = statement(
  'bot-save',
  `insert into bot_definition as kept (bot_id, studio_id, game_id, key, name, description, tags, behavior, identity_pool_key)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
   on conflict (game_id, key) do update
      set name = excluded.name, description = excluded.description, tags = excluded.tags, behavior = excluded.behavior,
          identity_pool_key = excluded.identity_pool_key, archived_at = null, version = kept.version + 1`,
);
const archive = statement(
  'bots-archive',
  `update bot_definition set archived_at = $3, version = version + 1
    where game_id = $1 and key = any($2::text[]) and archived_at is null`,
);

/** Bots of games. */
@Injectable()
export class BotDefinitionsStore {
  constructor(private readonly database: Database) {}

  /** Archived ones, too; in no order. */
  ofGame(gameId: string, tx: Tx = this.database): Promise<BotDefinition[]> {
    return tx.query<BotDefinition>(selectOfGame, [gameId]);
  }

  byKeys(gameId: string, keys: readonly string[], tx: Tx = this.database): Promise<BotDefinition[]> {
    return tx.query<BotDefinition>(selectByKeys, [gameId, keys]);
  }

  async save(tx: Tx, bot: BotDefinition): Promise<void> {
    await tx.query(save, [
      bot.botId,
      bot.studioId,
      bot.gameId,
      bot.key,
      JSON.stringify(bot.name),
      bot.description,
      JSON.stringify(bot.tags),
      JSON.stringify(bot.behavior),
      bot.identityPoolKey,
    ]);
  }

  async archive(tx: Tx, gameId: string, keys: readonly string[], now: Date): Promise<void> {
    if (keys.length > 0) await tx.query(archive, [gameId, keys, now]);
  }
}
