import { Injectable } from '@nestjs/common';
import type { Environment, Json, Scope } from '@kraty/contracts/common';
import type { PlayerProfile, PlayerRecord } from '@kraty/contracts/identity';
import { Database, statement, type Statement, type Tx } from '@kraty/platform/persistence';

/** What a registration reads and decides on. */
export interface RegistrationRow {
  id: string;
  revision: number;
  registeredAt: Date | null;
  secretHash: string | null;
  secretUsed: boolean;
  secretMintedByKey: string | null;
  secretMintedAt: Date | null;
  bannedAt: Date | null;
  lockedBy: string | null;
  displayName: string | null;
  displayAvatar: string | null;
  anonymizedName: string;
  anonymizedAvatar: string | null;
  country: string | null;
  metadata: Json;
}

export interface NewPlayer {
  id: string;
  scope: Scope;
  externalPlayerId: string;
  anonymizedName: string;
  anonymizedAvatar: string | null;
  country: string | null;
  now: Date;
}

export interface NewSecret {
  hash: string;
  prefix: string;
  mintedAt: Date;
  mintedByKey: string | null;
  registeredAt: Date;
  /** Null when it is the first one. */
  rotatedAt: Date | null;
}

const noSecret = { hash: null, prefix: null, mintedAt: null, mintedByKey: null, registeredAt: null };

const forRegistration = `
   select id, revision, registered_at as "registeredAt", secret_hash as "secretHash", secret_used as "secretUsed",
          secret_minted_by_key as "secretMintedByKey", secret_minted_at as "secretMintedAt",
          banned_at as "bannedAt", locked_by as "lockedBy", display_name as "displayName",
          display_avatar as "displayAvatar", anonymized_name as "anonymizedName",
          anonymized_avatar as "anonymizedAvatar", country, metadata
     from player
    where game_id = $1 and environment = $2 and external_player_id = $3`;

const findForRegistration = statement('identity_player_for_registration', forRegistration);
const lockForRegistration = statement('identity_player_lock_for_registration', `${forRegistration} for update`);

const insertPlayer = statement(
  'identity_player_insert',
  `insert into player (id, studio_id, game_id, environment, external_player_id, anonymized_name, anonymized_avatar,
                       country, first_seen_at, last_seen_at, created_at, updated_at,
                       secret_hash, secret_prefix, secret_minted_at, secret_minted_by_key, registered_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $9, $9, $10, $11, $12, $13, $14)
   on conflict (game_id, environment, external_player_id) do nothing
   returning id`,
);

// The condition repeats what the verdict saw: a rival registration, or a first use of the secret, makes it miss.
const replaceSecret = statement(
  'identity_player_replace_secret',
  `update player
      set secret_hash = $4, secret_prefix = $5, secret_minted_at = $6, secret_minted_by_key = $7, secret_used = false,
          registered_at = $8, secret_rotated_at = coalesce($9, secret_rotated_at), country = coalesce(country, $10),
          revision = revision + 1, updated_at = $11
    where id = $1 and revision = $2 and secret_used = $3
   returning revision`,
);

const findRecord = statement(
  'identity_player_resolve',
  `select id as "playerId", external_player_id as "externalPlayerId", secret_hash as "secretHash",
          secret_used as "secretUsed", banned_at as "bannedAt", country, locked_by as "lockedBy"
     from player
    where game_id = $1 and environment = $2 and external_player_id = $3`,
);

// Whoever was first has decided.
const setCountry = statement(
  'identity_player_set_country',
  `update player set country = $4, revision = revision + 1, updated_at = $5
    where id = $1 and game_id = $2 and environment = $3 and country is null and state = 'active'
   returning id as "playerId", external_player_id as "externalPlayerId", display_name as "displayName",
             display_avatar as "displayAvatar", anonymized_name as "anonymizedName",
             anonymized_avatar as "anonymizedAvatar", country, metadata, revision`,
);

const markUsed = statement(
  'identity_player_mark_secret_used',
  `update player set secret_used = true
    where id = $1 and game_id = $2 and environment = $3 and secret_hash = $4 and not secret_used
   returning id`,
);

// Locked in one order, so that two batches never deadlock.
const touch = statement(
  'identity_player_touch',
  `with due as (
     select p.id, seen.at
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) as seen (id, game_id, environment, at)
       join player p on p.id = seen.id and p.game_id = seen.game_id and p.environment = seen.environment
      where p.last_seen_at <= seen.at - interval '60 seconds'
      order by p.id
        for update of p)
   update player p set last_seen_at = due.at from due where p.id = due.id
   returning p.id`,
);

const findProfiles = statement(
  'identity_player_profiles',
  `select id as "playerId", external_player_id as "externalPlayerId", display_name as "displayName",
          display_avatar as "displayAvatar", anonymized_name as "anonymizedName",
          anonymized_avatar as "anonymizedAvatar", country, metadata, revision
     from player
    where game_id = $1 and environment = $2 and id = any($3::uuid[])`,
);

const countUpTo = statement(
  'identity_player_count_up_to',
  `select count(*)::int as count
     from (select 1 from player where game_id = $1 and environment = $2 limit $3) as counted`,
);

/** All SQL of players but the contexts of their starts. */
@Injectable()
export class PlayersStore {
  constructor(private readonly database: Database) {}

  findForRegistration(tx: Tx, scope: Scope, externalPlayerId: string): Promise<RegistrationRow | null> {
    return registrationRow(tx, findForRegistration, scope, externalPlayerId);
  }

  /** Waits for whoever holds the row; from then on it stays as it was read until the end of the transaction. */
  lockForRegistration(tx: Tx, scope: Scope, externalPlayerId: string): Promise<RegistrationRow | null> {
    return registrationRow(tx, lockForRegistration, scope, externalPlayerId);
  }

  /** False when somebody else has made the player meanwhile. Without a secret the player is known, not registered. */
  async insert(tx: Tx, player: NewPlayer, secret: NewSecret | null): Promise<boolean> {
    const { id, scope, externalPlayerId, anonymizedName, anonymizedAvatar, country, now } = player;
    const identity = [
      id,
      scope.studioId,
      scope.gameId,
      scope.environment,
      externalPlayerId,
      anonymizedName,
      anonymizedAvatar,
      country,
      now,
    ];
    const { hash, prefix, mintedAt, mintedByKey, registeredAt } = secret ?? noSecret;
    const rows = await tx.query(insertPlayer, [...identity, hash, prefix, mintedAt, mintedByKey, registeredAt]);
    return rows.length === 1;
  }

  /** The new revision; null when the row is no longer as it was read. */
  async replaceSecret(
    tx: Tx,
    read: RegistrationRow,
    secret: NewSecret,
    country: string | null,
    now: Date,
  ): Promise<number | null> {
    const { hash, prefix, mintedAt, mintedByKey, registeredAt, rotatedAt } = secret;
    const minted = [hash, prefix, mintedAt, mintedByKey, registeredAt, rotatedAt];
    const condition = [read.id, read.revision, read.secretUsed];
    const [row] = await tx.query<{ revision: number }>(replaceSecret, [...condition, ...minted, country, now]);
    return row?.revision ?? null;
  }

  async findRecord(scope: Scope, externalPlayerId: string): Promise<PlayerRecord | null> {
    const [row] = await this.database.query<Omit<PlayerRecord, 'bannedAt'> & { bannedAt: Date | null }>(findRecord, [
      scope.gameId,
      scope.environment,
      externalPlayerId,
    ]);
    return row ? { ...row, bannedAt: row.bannedAt?.toISOString() ?? null } : null;
  }

  /** The player as it is now; null when it has a country already. */
  async setCountry(
    tx: Tx,
    scope: Scope,
    playerId: string,
    country: string,
    now: Date,
  ): Promise<(PlayerProfile & { revision: number }) | null> {
    const values = [playerId, scope.gameId, scope.environment, country, now];
    const [row] = await tx.query<PlayerProfile & { revision: number }>(setCountry, values);
    return row ?? null;
  }

  async markSecretUsed(scope: Scope, playerId: string, secretHash: string): Promise<boolean> {
    const rows = await this.database.query(markUsed, [playerId, scope.gameId, scope.environment, secretHash]);
    return rows.length === 1;
  }

  /** Each player at most once in `seen`; who was seen less than 60 s before is left alone. */
  async touch(seen: { scope: Scope; playerId: string; seenAt: Date }[]): Promise<number> {
    const rows = await this.database.query(touch, [
      seen.map(({ playerId }) => playerId),
      seen.map(({ scope }) => scope.gameId),
      seen.map(({ scope }) => scope.environment),
      seen.map(({ seenAt }) => seenAt),
    ]);
    return rows.length;
  }

  findProfiles(scope: Scope, playerIds: string[]): Promise<(PlayerProfile & { revision: number })[]> {
    return this.database.query(findProfiles, [scope.gameId, scope.environment, playerIds]);
  }

  /** The number of players, counted no further than `max`. */
  async countUpTo(tx: Tx, gameId: string, environment: Environment, max: number): Promise<number> {
    const [row] = await tx.query<{ count: number }>(countUpTo, [gameId, environment, max]);
    return row?.count ?? 0;
  }
}

async function registrationRow(
  tx: Tx,
  how: Statement,
  scope: Scope,
  externalPlayerId: string,
): Promise<RegistrationRow | null> {
  const [row] = await tx.query<RegistrationRow>(how, [scope.gameId, scope.environment, externalPlayerId]);
  return row ?? null;
}
