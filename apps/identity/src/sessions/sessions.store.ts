import { Injectable } from '@nestjs/common';
import type { MemberStatus } from '@kraty/contracts/identity';
import { Database, statement, type Tx } from '@kraty/platform/persistence';

export interface SessionRow {
  id: string;
  memberId: string;
  ip: string | null;
  userAgent: string | null;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
}

export interface SessionOfMember extends SessionRow {
  email: string;
  name: string;
  status: MemberStatus;
}

/** How many sessions a member sees; older ones still end by themselves. */
const listMax = 100;

const columns = `s.id, s.member_id as "memberId", s.ip, s.user_agent as "userAgent", s.created_at as "createdAt",
  s.last_used_at as "lastUsedAt", s.expires_at as "expiresAt"`;

const insertSession = statement(
  'identity_session_insert',
  `insert into member_session (id, member_id, token_hash, ip, user_agent, created_at, last_used_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $6, $7)`,
);

const findByToken = statement(
  'identity_session_by_token',
  `select ${columns}, m.email, m.name, m.status
     from member_session s join member m on m.id = s.member_id
    where s.token_hash = $1`,
);

const touchSession = statement(
  'identity_session_touch',
  `update member_session set last_used_at = greatest(last_used_at, $2) where id = $1`,
);

const listOfMember = statement(
  'identity_session_list',
  `select ${columns} from member_session s
    where s.member_id = $1 and s.expires_at > $2 and s.last_used_at > $3
    order by s.created_at desc, s.id desc
    limit $4`,
);

const deleteOne = statement(
  'identity_session_delete',
  `delete from member_session where id = $1 and member_id = $2 returning id`,
);

const deleteAll = statement('identity_session_delete_all', `delete from member_session where member_id = $1`);

const deleteDead = statement(
  'identity_session_delete_dead',
  `delete from member_session where expires_at <= $1 or last_used_at <= $2`,
);

/** All SQL of member sessions. */
@Injectable()
export class SessionsStore {
  constructor(private readonly database: Database) {}

  async insert(tx: Tx, session: Omit<SessionRow, 'lastUsedAt'>, tokenHash: string): Promise<void> {
    const { id, memberId, ip, userAgent, createdAt, expiresAt } = session;
    await tx.query(insertSession, [id, memberId, tokenHash, ip, userAgent, createdAt, expiresAt]);
  }

  async findByToken(tokenHash: string): Promise<SessionOfMember | null> {
    const [row] = await this.database.query<SessionOfMember>(findByToken, [tokenHash]);
    return row ?? null;
  }

  async touch(sessionId: string, now: Date): Promise<void> {
    await this.database.query(touchSession, [sessionId, now]);
  }

  listAlive(memberId: string, now: Date, usedAfter: Date): Promise<SessionRow[]> {
    return this.database.query(listOfMember, [memberId, now, usedAfter, listMax]);
  }

  async delete(tx: Tx, memberId: string, sessionId: string): Promise<boolean> {
    return (await tx.query(deleteOne, [sessionId, memberId])).length === 1;
  }

  async deleteAll(tx: Tx, memberId: string): Promise<void> {
    await tx.query(deleteAll, [memberId]);
  }

  async deleteDead(tx: Tx, now: Date, usedBefore: Date): Promise<void> {
    await tx.query(deleteDead, [now, usedBefore]);
  }
}
