import { Injectable } from '@nestjs/common';
import type { Environment } from '@kraty/contracts/common';
import type { ApiKeyRecord, PermissionSet, RateLimits } from '@kraty/contracts/identity';
import { Database, statement, type Tx } from '@kraty/platform/persistence';

export interface ApiKeyRow {
  id: string;
  studioId: string;
  gameId: string;
  environment: Environment;
  prefix: string;
  permissionSet: PermissionSet;
  name: string;
  rateLimits: RateLimits | null;
  createdBy: string;
  revision: number;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}

const columns = `k.id, k.studio_id as "studioId", k.game_id as "gameId", k.environment, k.prefix,
  k.permission_set as "permissionSet", k.name, k.rate_limits as "rateLimits", k.created_by as "createdBy", k.revision,
  k.created_at as "createdAt", k.expires_at as "expiresAt", k.revoked_at as "revokedAt", k.last_used_at as "lastUsedAt"`;

const resolveKey = statement(
  'identity_api_key_resolve',
  `select k.id, k.prefix, k.secret_hash as "secretHash", k.permission_set as "permissionSet", k.environment,
          k.studio_id as "studioId", k.game_id as "gameId", k.expires_at as "expiresAt", k.rate_limits as "rateLimits"
     from api_key k
     join game g on g.id = k.game_id and g.archived_at is null
     join studio s on s.id = k.studio_id and s.deleted_at is null
    where k.prefix = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > $2)`,
);

const touchKeys = statement(
  'identity_api_key_touch',
  `with due as (
     select id from api_key
      where id = any($1::uuid[]) and (last_used_at is null or last_used_at <= $2::timestamptz - interval '60 seconds')
      order by id
        for update)
   update api_key k set last_used_at = $2 from due where k.id = due.id
   returning k.id`,
);

const insertKey = statement(
  'identity_api_key_insert',
  `insert into api_key as k (id, studio_id, game_id, environment, prefix, permission_set, name, rate_limits,
                             created_by, created_at, expires_at, secret_hash)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
   on conflict (prefix) do nothing
   returning ${columns}`,
);

const listKeys = statement(
  'identity_api_key_list',
  `select ${columns} from api_key k
    where k.game_id = $1 and k.studio_id = $2 and ($3::text is null or k.environment = $3)
    order by k.created_at desc, k.id desc
    limit $4`,
);

const lockKey = statement(
  'identity_api_key_lock',
  `select ${columns} from api_key k where k.id = $1 and k.game_id = $2 and k.studio_id = $3 for update`,
);

const saveKey = statement(
  'identity_api_key_save',
  `update api_key as k set name = $2, rate_limits = $3, revoked_at = $4, revision = revision + 1
    where k.id = $1 returning ${columns}`,
);

/** All SQL of API keys. */
@Injectable()
export class ApiKeysStore {
  constructor(private readonly database: Database) {}

  /** Null unless the key works now. */
  async resolve(prefix: string, now: Date): Promise<ApiKeyRecord | null> {
    type Row = Omit<ApiKeyRecord, 'expiresAt'> & { expiresAt: Date | null };
    const [row] = await this.database.query<Row>(resolveKey, [prefix, now]);
    return row ? { ...row, expiresAt: row.expiresAt?.toISOString() ?? null } : null;
  }

  async touch(keyIds: string[], now: Date): Promise<number> {
    return (await this.database.query(touchKeys, [keyIds, now])).length;
  }

  /** Null when the prefix is taken. */
  async insert(tx: Tx, key: ApiKeyRow, secretHash: string): Promise<ApiKeyRow | null> {
    const place = [key.id, key.studioId, key.gameId, key.environment];
    const kind = [key.prefix, key.permissionSet, key.name, key.rateLimits && JSON.stringify(key.rateLimits)];
    const origin = [key.createdBy, key.createdAt, key.expiresAt, secretHash];
    const [row] = await tx.query<ApiKeyRow>(insertKey, [...place, ...kind, ...origin]);
    return row ?? null;
  }

  list(studioId: string, gameId: string, environment: Environment | null, limit: number): Promise<ApiKeyRow[]> {
    return this.database.query(listKeys, [gameId, studioId, environment, limit]);
  }

  async lock(tx: Tx, studioId: string, gameId: string, keyId: string): Promise<ApiKeyRow | null> {
    const [row] = await tx.query<ApiKeyRow>(lockKey, [keyId, gameId, studioId]);
    return row ?? null;
  }

  /** Saves a locked key as its next revision. */
  async save(tx: Tx, { id, name, rateLimits, revokedAt }: ApiKeyRow): Promise<ApiKeyRow> {
    const values = [id, name, rateLimits && JSON.stringify(rateLimits), revokedAt];
    const [row] = await tx.query<ApiKeyRow>(saveKey, values);
    return row!;
  }
}
