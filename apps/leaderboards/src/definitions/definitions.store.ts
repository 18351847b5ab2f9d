import { Injectable } from '@nestjs/common';
import type { GameScope, Localized } from '@kraty/contracts/common';
import type { ScoreAggregation } from '@kraty/contracts/events';
import type { Ladder, ResetCadence, Segmentation } from '@kraty/contracts/leaderboards';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import type { Definition } from './definition.js';
import type { Rules } from './period.js';

interface DefinitionRow {
  leaderboard_id: string;
  studio_id: string;
  game_id: string;
  key: string;
  name: Localized;
  scope: 'game' | 'studio';
  economy_key: string | null;
  accept_client_scores: boolean | null;
  ladder: Ladder | null;
  bot_bindings: Definition['botBindings'];
  archived: boolean;
  archived_at: Date | null;
  version: number;
  rules: {
    effective_from: number;
    reset_cadence: ResetCadence;
    score_aggregation: ScoreAggregation;
    segmentation: Segmentation;
  }[];
}

const columns = `definition.leaderboard_id, studio_id, game_id, key, name, scope, economy_key, accept_client_scores, ladder,
  bot_bindings, archived_at is not null as archived, archived_at, version,
  (select json_agg(json_build_object(
            'effective_from', (extract(epoch from effective_from) * 1000)::float8, 'reset_cadence', reset_cadence,
            'score_aggregation', score_aggregation, 'segmentation', segmentation) order by effective_from)
     from leaderboard_rules as rules where rules.leaderboard_id = definition.leaderboard_id) as rules`;

const selectVisible = statement(
  'definitions-visible',
  `select ${columns} from leaderboard_definition as definition
    where game_id = $1 or (studio_id = $2 and scope = 'studio')`,
);
const selectByIds = statement(
  'definitions-by-id',
  `select ${columns} from leaderboard_definition as definition where leaderboard_id = any($1::uuid[])`,
);
/** A score exists once somebody stands on the board for more than having joined it (06 §3). */
const selectScored = statement(
  'definitions-scored',
  `select definition_id as id from board
    where definition_id = any($1::uuid[])
      and (exists (select from board_entry as entry
                    where entry.leaderboard_id = board.leaderboard_id and not entry.joined_only)
           or exists (select from leaderboard_entry as frozen
                       where frozen.leaderboard_id = board.leaderboard_id and not frozen.joined_only))
    group by definition_id`,
);
const saveDefinition = statement(
  'save-definition',
  `insert into leaderboard_definition as kept (leaderboard_id, studio_id, game_id, key, name, scope, economy_key,
     accept_client_scores, ladder, bot_bindings)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
   on conflict (leaderboard_id) do update
      set name = excluded.name, scope = excluded.scope, economy_key = excluded.economy_key,
          accept_client_scores = excluded.accept_client_scores, ladder = excluded.ladder,
          bot_bindings = excluded.bot_bindings, archived_at = null, version = kept.version + 1`,
);
const dropRules = statement('drop-definition-rules', 'delete from leaderboard_rules where leaderboard_id = $1');
const insertRules = statement(
  'insert-definition-rules',
  `insert into leaderboard_rules (leaderboard_id, effective_from, reset_cadence, score_aggregation, segmentation)
   values ($1, to_timestamp($2::float8 / 1000), $3, $4, $5)`,
);
const archive = statement(
  'archive-definitions',
  `update leaderboard_definition set archived_at = $3, version = version + 1
    where game_id = $1 and key = any($2::text[]) and archived_at is null`,
);

/** Boards of games' own, with the rules they go by. */
@Injectable()
export class DefinitionsStore {
  constructor(private readonly database: Database) {}

  /** Every board a game can name: its own and those of its studio. */
  async visible(game: GameScope, tx: Tx = this.database): Promise<Definition[]> {
    return (await tx.query<DefinitionRow>(selectVisible, [game.gameId, game.studioId])).map(toDefinition);
  }

  async find(leaderboardId: string): Promise<Definition | null> {
    const [definition] = await this.findMany([leaderboardId]);
    return definition ?? null;
  }

  async findMany(leaderboardIds: readonly string[]): Promise<Definition[]> {
    if (leaderboardIds.length === 0) return [];
    return (await this.database.query<DefinitionRow>(selectByIds, [leaderboardIds])).map(toDefinition);
  }

  /** Those of the boards on which a score exists. */
  async scored(leaderboardIds: readonly string[], tx: Tx = this.database): Promise<Set<string>> {
    const rows = await tx.query<{ id: string }>(selectScored, [leaderboardIds]);
    return new Set(rows.map(({ id }) => id));
  }

  /** Writing an archived board brings it back. */
  async save(tx: Tx, definition: Definition): Promise<void> {
    await tx.query(saveDefinition, [
      definition.leaderboardId,
      definition.studioId,
      definition.gameId,
      definition.key,
      JSON.stringify(definition.name),
      definition.scope,
      definition.economyKey,
      definition.acceptClientScores,
      definition.ladder && JSON.stringify(definition.ladder),
      JSON.stringify(definition.botBindings),
    ]);
  }

  async saveRules(tx: Tx, leaderboardId: string, rules: readonly Rules[]): Promise<void> {
    await tx.query(dropRules, [leaderboardId]);
    for (const { effectiveFromMs, resetCadence, scoreAggregation, segmentation } of rules) {
      const values = [leaderboardId, effectiveFromMs, resetCadence, scoreAggregation, JSON.stringify(segmentation)];
      await tx.query(insertRules, values);
    }
  }

  async archive(tx: Tx, gameId: string, keys: readonly string[], now: Date): Promise<void> {
    await tx.query(archive, [gameId, keys, now]);
  }
}

function toDefinition(row: DefinitionRow): Definition {
  return {
    leaderboardId: row.leaderboard_id,
    studioId: row.studio_id,
    gameId: row.game_id,
    key: row.key,
    name: row.name,
    scope: row.scope,
    economyKey: row.economy_key,
    acceptClientScores: row.accept_client_scores,
    ladder: row.ladder,
    botBindings: row.bot_bindings,
    archived: row.archived,
    archivedAt: row.archived_at,
    version: row.version,
    rules: row.rules.map((rules) => ({
      effectiveFromMs: Math.round(rules.effective_from),
      resetCadence: rules.reset_cadence,
      scoreAggregation: rules.score_aggregation,
      segmentation: rules.segmentation,
    })),
  };
}
