import { Injectable } from '@nestjs/common';
import {
  actedBy,
  type Game,
  type GameEnvironment,
  type GameSettings,
  type Operator,
  type Permission,
  type SettingsView,
} from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { uuidV7 } from '@kraty/platform/ids';
import { Database, type Tx } from '@kraty/platform/persistence';
import { AuditLog } from '../audit/audit-log.service.js';
import { refuseIssues } from '../common/issues.js';
import { DefaultPools } from '../default-pools/default-pools.service.js';
import { AccessService } from '../members/access.service.js';
import { GameFacts } from './game-facts.service.js';
import { changedSettings, settingIssues, unknownPool } from './game-settings.js';
import { GamesStore, type GameRow } from './games.store.js';

/** Names a game and who asks for it. */
export interface OneGame {
  operator: Operator;
  studioId: string;
  gameId: string;
}

export interface ChangeOfGame extends OneGame {
  /** The version the change was made for. */
  version: number;
}

interface Change {
  permission: Permission;
  action: string;
  /** Asked before anything is locked, of who may change it. */
  check?: () => Promise<void>;
  apply: (game: GameRow) => GameRow;
}

@Injectable()
export class GamesService {
  constructor(
    private readonly database: Database,
    private readonly games: GamesStore,
    private readonly access: AccessService,
    private readonly audit: AuditLog,
    private readonly facts: GameFacts,
    private readonly pools: DefaultPools,
    private readonly clock: Clock,
  ) {}

  async list(operator: Operator, studioId: string): Promise<Game[]> {
    const standing = await this.access.require(operator, 'game.read', { studioId, gameId: null });
    const own = standing.studioRole === null ? standing.gameRoles.map(({ gameId }) => gameId) : null;
    const reachable = operator.limitedTo?.gameIds ?? null;
    const gameIds = own && reachable ? own.filter((gameId) => reachable.includes(gameId)) : (own ?? reachable);
    return (await this.games.list(studioId, gameIds)).map(gameView);
  }

  /** A game with default settings and both environments. */
  async create(operator: Operator, studioId: string, displayName: string, slug: string): Promise<Game> {
    refuseIssues(settingIssues({ displayName, slug }, 'body'));
    await this.access.require(operator, 'game.create', { studioId, gameId: null });
    const { game, staged } = await this.database.transaction(async (tx) => {
      const id = uuidV7(this.clock.nowMs());
      const name = displayName.trim();
      const game = await this.games.insert(tx, { id, studioId, displayName: name, slug, now: this.clock.now() });
      await this.record(tx, operator, 'game.create', null, game);
      return { game, staged: await this.facts.stage(tx, game) };
    });
    await this.facts.carry(staged);
    return gameView(game);
  }

  async read(call: OneGame): Promise<Game> {
    return gameView(await this.find(call, 'game.read'));
  }

  async readSettings(call: OneGame): Promise<SettingsView> {
    return settingsView(await this.find(call, 'settings.read'));
  }

  async update(call: ChangeOfGame, changes: Partial<Pick<GameSettings, 'displayName' | 'slug'>>): Promise<Game> {
    return gameView(await this.changeSettings(call, 'game.update', changes));
  }

  async updateSettings(call: ChangeOfGame, changes: Partial<GameSettings>): Promise<SettingsView> {
    return settingsView(await this.changeSettings(call, 'settings.update', changes));
  }

  async archive(call: ChangeOfGame): Promise<Game> {
    const archivedAt = this.clock.now();
    const apply = (game: GameRow) => ({ ...game, archivedAt: game.archivedAt ?? archivedAt });
    return gameView(await this.change(call, { permission: 'game.archive', action: 'game.archive', apply }));
  }

  async unarchive(call: ChangeOfGame): Promise<Game> {
    const apply = (game: GameRow) => ({ ...game, archivedAt: null });
    return gameView(await this.change(call, { permission: 'game.archive', action: 'game.unarchive', apply }));
  }

  async environments(call: OneGame): Promise<GameEnvironment[]> {
    await this.access.require(call.operator, 'game.read', call);
    const rows = await this.games.environments(call.gameId);
    return rows.map(({ lastTrafficAt, ...row }) => ({
      ...row,
      webhookEndpoints: 0,
      lastTrafficAt: lastTrafficAt?.toISOString() ?? null,
    }));
  }

  private changeSettings(call: ChangeOfGame, action: string, changes: Partial<GameSettings>): Promise<GameRow> {
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    refuseIssues(settingIssues(given, 'body'));
    const apply = (game: GameRow) => ({
      ...game,
      settings: changedSettings(game.settings, given),
      configurationVersion: game.configurationVersion + 1,
    });
    const check = () => this.refuseUnknownPool(call, changes);
    return this.change(call, { permission: 'settings.update', action, apply, check });
  }

  private async refuseUnknownPool(
    game: OneGame,
    { defaultIdentityPoolKey: key }: Partial<GameSettings>,
  ): Promise<void> {
    if (!key) return;
    const present = await this.games.find(game.studioId, game.gameId);
    // Who saves all settings with one change must not be kept from it by a pool that has gone since.
    if (present?.settings.defaultIdentityPoolKey === key || (await this.pools.exists(game, key))) return;
    refuseIssues([unknownPool(key, 'body.defaultIdentityPoolKey')]);
  }

  /** @throws version_conflict when somebody else has changed the game since the caller read it */
  private async change(call: ChangeOfGame, { permission, action, apply, check }: Change): Promise<GameRow> {
    const { operator, studioId, gameId, version } = call;
    await this.access.require(operator, permission, call);
    await check?.();
    const { game, staged } = await this.database.transaction(async (tx) => {
      const before = (await this.games.lock(tx, studioId, gameId)) ?? unknownGame();
      if (before.version !== version) {
        throw fail('version_conflict', 'the game has changed meanwhile', { currentVersion: before.version });
      }
      const game = await this.games.save(tx, apply(before), this.clock.now());
      await this.record(tx, operator, action, before, game);
      return { game, staged: await this.facts.stage(tx, game) };
    });
    // The gateway drops the keys of an archived game, the others their copy of the settings, before the answer.
    await this.facts.carry(staged);
    return game;
  }

  private async find(call: OneGame, permission: Permission): Promise<GameRow> {
    await this.access.require(call.operator, permission, call);
    return (await this.games.find(call.studioId, call.gameId)) ?? unknownGame();
  }

  private async record(
    tx: Tx,
    operator: Operator,
    action: string,
    before: GameRow | null,
    after: GameRow,
  ): Promise<void> {
    await this.audit.record(tx, {
      ...actedBy(operator),
      studioId: after.studioId,
      gameId: after.id,
      action,
      target: { type: 'game', id: after.id, label: after.settings.slug },
      before: before && auditState(before),
      after: auditState(after),
    });
  }
}

function auditState({ settings, archivedAt }: GameRow): Record<string, unknown> {
  return { ...settings, archivedAt: archivedAt?.toISOString() ?? null };
}

export function unknownGame(): never {
  throw fail('not_found', 'there is no such game', { resource: 'game' });
}

function gameView({ id, studioId, settings, version, archivedAt, createdAt }: GameRow): Game {
  const { displayName, slug } = settings;
  const times = { archivedAt: archivedAt?.toISOString() ?? null, createdAt: createdAt.toISOString() };
  return { id, studioId, displayName, slug, version, ...times };
}

function settingsView({ settings, version }: GameRow): SettingsView {
  return { settings, version };
}
