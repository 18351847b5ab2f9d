import { Injectable } from '@nestjs/common';
import type { Json, Scope } from '@kraty/contracts/common';
import type { PlayerProfile } from '@kraty/contracts/identity';
import { Database, statement } from '@kraty/platform/persistence';

export interface KeptProfile {
  scope: Scope;
  profile: PlayerProfile;
  revision: number;
}

interface Row {
  player_id: string;
  external_player_id: string;
  display_name: string | null;
  display_avatar: string | null;
  anonymized_name: string;
  anonymized_avatar: string | null;
  country: string | null;
  metadata: Json;
}

/** Facts carry state: an older revision never overwrites a newer one. */
const upsertProfile = statement(
  'upsert-profile',
  `insert into player_profile as kept (player_id, studio_id, game_id, environment, external_player_id, display_name,
     display_avatar, anonymized_name, anonymized_avatar, country, metadata, revision)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
   on conflict (player_id) do update
      set external_player_id = excluded.external_player_id, display_name = excluded.display_name,
          display_avatar = excluded.display_avatar, anonymized_name = excluded.anonymized_name,
          anonymized_avatar = excluded.anonymized_avatar, country = excluded.country,
          metadata = excluded.metadata, revision = excluded.revision
    where excluded.revision > kept.revision`,
);
const selectProfiles = statement(
  'select-profiles',
  `select player_id, external_player_id, display_name, display_avatar, anonymized_name, anonymized_avatar, country,
          metadata
     from player_profile where player_id = any($1::uuid[])`,
);

const selectExternalIds = statement(
  'select-external-ids',
  'select player_id as "playerId", external_player_id as "externalPlayerId" from player_profile where player_id = any($1::uuid[])',
);

/** Players of a board that nobody has told of yet, in the order of their ids. */
const selectUnknown = statement(
  'select-unknown-players',
  `select participant_id as "playerId" from board_entry
    where leaderboard_id = $1 and kind = 'player' and removed_at is null and participant_id > $2
      and not exists (select from player_profile where player_id = participant_id)
    order by participant_id limit $3`,
);

/** The public faces of players: a copy, fed by identity's facts. */
@Injectable()
export class ProfilesStore {
  constructor(private readonly database: Database) {}

  async keep({ scope, profile, revision }: KeptProfile): Promise<void> {
    await this.database.query(upsertProfile, [
      profile.playerId,
      scope.studioId,
      scope.gameId,
      scope.environment,
      profile.externalPlayerId,
      profile.displayName,
      profile.displayAvatar,
      profile.anonymizedName,
      profile.anonymizedAvatar,
      profile.country,
      JSON.stringify(profile.metadata),
      revision,
    ]);
  }

  /** External ids by player; players not heard of are left out. */
  async externalIds(playerIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.database.query<{ playerId: string; externalPlayerId: string }>(selectExternalIds, [
      playerIds,
    ]);
    return new Map(rows.map(({ playerId, externalPlayerId }) => [playerId, externalPlayerId]));
  }

  /** Players who stand on a board and of whom there is no profile, after a player. */
  async unknownOf(leaderboardId: string, afterPlayerId: string, playersMax: number): Promise<string[]> {
    const rows = await this.database.query<{ playerId: string }>(selectUnknown, [
      leaderboardId,
      afterPlayerId,
      playersMax,
    ]);
    return rows.map(({ playerId }) => playerId);
  }

  async find(playerIds: readonly string[]): Promise<PlayerProfile[]> {
    const rows = await this.database.query<Row>(selectProfiles, [playerIds]);
    return rows.map((row) => ({
      playerId: row.player_id,
      externalPlayerId: row.external_player_id,
      displayName: row.display_name,
      displayAvatar: row.display_avatar,
      anonymizedName: row.anonymized_name,
      anonymizedAvatar: row.anonymized_avatar,
      country: row.country,
      metadata: row.metadata,
    }));
  }
}
