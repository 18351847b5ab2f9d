import { Injectable } from '@nestjs/common';
import type { MemberStatus, Permission } from '@kraty/contracts/identity';
import { Database, statement } from '@kraty/platform/persistence';

export interface AccessTokenRow {
  id: string;
  memberId: string;
  name: string;
  permissions: Permission[];
  gameIds: string[];
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date | null;
}

export interface AccessTokenOfMember extends AccessTokenRow {
  email: string;
  memberName: string;
  status: MemberStatus;
}

const listMax = 200;

const columns = `t.id, t.member_id as "memberId", t.name, t.permissions, t.game_ids as "gameIds",
  t.created_at as "createdAt", t.expires_at as "expiresAt", t.last_used_at as "lastUsedAt"`;

const insertToken = statement(
  'identity_access_token_insert',
  `insert into access_token (id, member_id, name, permissions, game_ids, created_at, expires_at, token_hash)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
);

const findByToken = statement(
  'identity_access_token_by_token',
  `select ${columns}, m.email, m.name as "memberName", m.status
     from access_token t join member m on m.id = t.member_id
    where t.token_hash = $1`,
);

const touchToken = statement('identity_access_token_touch', `update access_token set last_used_at = $2 where id = $1`);

const listOfMember = statement(
  'identity_access_token_list',
  `select ${columns} from access_token t where t.member_id = $1 order by t.created_at desc, t.id desc limit $2`,
);

const deleteToken = statement(
  'identity_access_token_delete',
  `delete from access_token where id = $1 and member_id = $2 returning id`,
);

/** All SQL of access tokens. */
@Injectable()
export class AccessTokensStore {
  constructor(private readonly database: Database) {}

  async insert(token: AccessTokenRow, tokenHash: string): Promise<void> {
    const { id, memberId, name, permissions, gameIds, createdAt, expiresAt } = token;
    await this.database.query(insertToken, [id, memberId, name, permissions, gameIds, createdAt, expiresAt, tokenHash]);
  }

  async findByToken(tokenHash: string): Promise<AccessTokenOfMember | null> {
    const [row] = await this.database.query<AccessTokenOfMember>(findByToken, [tokenHash]);
    return row ?? null;
  }

  async touch(tokenId: string, now: Date): Promise<void> {
    await this.database.query(touchToken, [tokenId, now]);
  }

  list(memberId: string): Promise<AccessTokenRow[]> {
    return this.database.query(listOfMember, [memberId, listMax]);
  }

  async delete(memberId: string, tokenId: string): Promise<boolean> {
    return (await this.database.query(deleteToken, [tokenId, memberId])).length === 1;
  }
}
