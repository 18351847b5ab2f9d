import { Injectable } from '@nestjs/common';
import type { Environment } from '@kraty/contracts/common';
import type { GameSettings } from '@kraty/contracts/identity';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import { withUniqueSlug } from '../common/unique-slug.js';
import { effectiveSettings, storedSettings } from './game-settings.js';

export interface GameRow {
  id: string;
  studioId: string;
  settings: GameSettings;
  version: number;
  configurationVersion: number;
  archivedAt: Date | null;
  createdAt: Date;
}

interface StoredGame extends Omit<GameRow, 'settings'> {
  displayName: string;
  slug: string;
  settings: object;
}

const columns = `g.id, g.studio_id as "studioId", g.display_name as "displayName", g.slug, g.settings, g.version,
  g.configuration_version as "configurationVersion", g.archived_at as "archivedAt", g.created_at as "createdAt"`;

const insertGame = statement(
  'identity_game_insert',
  `insert into game as g (id, studio_id, display_name, slug, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $5) returning ${columns}`,
);

const findGame = statement('identity_game_find', `select ${columns} from game g where g.id = $2 and g.studio_id = $1`);
const lockGame = statement('identity_game_lock', `${findGame.text} for update`);

const listGames = statement(
  'identity_game_list',
  `select ${columns} from game g
    where g.studio_id = $1 and ($2::uuid[] is null or g.id = any($2))
    order by g.created_at desc, g.id desc`,
);

const saveGame = statement(
  'identity_game_save',
  `update game as g
      set display_name = $2, slug = $3, settings = $4, archived_at = $5, configuration_version = $6,
          version = version + 1, updated_at = $7
    where g.id = $1 returning ${columns}`,
);

// No version of the game that an operator compares: its settings have not changed.
const raiseConfigurationVersion = statement(
  'identity_game_raise_configuration_version',
  `update game set configuration_version = configuration_version + $2 where id = $1`,
);

const environmentsOf = statement(
  'identity_game_environments',
  `select e.name,
          (select count(*)::int from player where game_id = $1 and environment = e.name) as players,
          count(k.id) filter (where k.revoked_at is null)::int as "apiKeys",
          max(k.last_used_at) as "lastTrafficAt"
     from unnest(array['live', 'test']) as e (name)
     left join api_key k on k.game_id = $1 and k.environment = e.name
    group by e.name
    order by e.name`,
);

/** All SQL of games. */
@Injectable()
export class GamesStore {
  constructor(private readonly database: Database) {}

  /** @throws conflict slug_taken */
  async insert(
    tx: Tx,
    game: { id: string; studioId: string; displayName: string; slug: string; now: Date },
  ): Promise<GameRow> {
    const { id, studioId, displayName, slug, now } = game;
    const values = [id, studioId, displayName, slug, now];
    const [row] = await withUniqueSlug(slug, () => tx.query<StoredGame>(insertGame, values));
    return toGame(row!);
  }

  async find(studioId: string, gameId: string): Promise<GameRow | null> {
    const [row] = await this.database.query<StoredGame>(findGame, [studioId, gameId]);
    return row ? toGame(row) : null;
  }

  async lock(tx: Tx, studioId: string, gameId: string): Promise<GameRow | null> {
    const [row] = await tx.query<StoredGame>(lockGame, [studioId, gameId]);
    return row ? toGame(row) : null;
  }

  /** `gameIds` null = all of the studio. */
  async list(studioId: string, gameIds: string[] | null): Promise<GameRow[]> {
    return (await this.database.query<StoredGame>(listGames, [studioId, gameIds])).map(toGame);
  }

  /**
   * Saves a locked game as its next version.
   *
   * @throws conflict slug_taken
   */
  async save(tx: Tx, game: GameRow, now: Date): Promise<GameRow> {
    const { id, settings, archivedAt, configurationVersion } = game;
    const stored = JSON.stringify(storedSettings(settings));
    const values = [id, settings.displayName, settings.slug, stored, archivedAt, configurationVersion, now];
    const [row] = await withUniqueSlug(settings.slug, () => tx.query<StoredGame>(saveGame, values));
    return toGame(row!);
  }

  /** Objects of the game have changed in another context. */
  async raiseConfigurationVersion(tx: Tx, gameId: string, by: number): Promise<void> {
    await tx.query(raiseConfigurationVersion, [gameId, by]);
  }

  environments(
    gameId: string,
  ): Promise<{ name: Environment; players: number; apiKeys: number; lastTrafficAt: Date | null }[]> {
    return this.database.query(environmentsOf, [gameId]);
  }
}

function toGame({ displayName, slug, settings, ...game }: StoredGame): GameRow {
  return { ...game, settings: effectiveSettings({ displayName, slug, settings }) };
}
