import { Injectable } from '@nestjs/common';
import type { GameRole, MemberStatus, StudioRole } from '@kraty/contracts/identity';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import type { Standing } from './access.js';

export interface MemberRow {
  id: string;
  email: string;
  name: string;
  status: MemberStatus;
  passwordHash: string | null;
  lastLoginAt: Date | null;
  createdAt: Date;
}

export interface MemberWithRoles extends MemberRow {
  studioRole: StudioRole | null;
  gameRoles: { gameId: string; role: GameRole }[];
}

const columns = `m.id, m.email, m.name, m.status, m.password_hash as "passwordHash",
  m.last_login_at as "lastLoginAt", m.created_at as "createdAt"`;

const gameRolesOf = (member: string, studio: string) =>
  `coalesce((select json_agg(json_build_object('gameId', g.game_id, 'role', g.role) order by g.game_id)
               from game_role g where g.member_id = ${member} and g.studio_id = ${studio}), '[]')`;

const findStanding = statement(
  'identity_member_standing',
  `select sm.role as "studioRole", ${gameRolesOf('$1', '$2')} as "gameRoles",
          $3::uuid is null or exists (select 1 from game where id = $3 and studio_id = $2) as "gameExists"
     from studio s
     left join studio_member sm on sm.studio_id = s.id and sm.member_id = $1
    where s.id = $2 and s.deleted_at is null`,
);

const findStandings = statement(
  'identity_member_standings',
  `select s.id as "studioId", sm.role as "studioRole", ${gameRolesOf('$1', 's.id')} as "gameRoles",
          array(select id from game where studio_id = s.id) as "gameIds"
     from studio s
     left join studio_member sm on sm.studio_id = s.id and sm.member_id = $1
    where s.deleted_at is null
      and (sm.role is not null or exists (select 1 from game_role where member_id = $1 and studio_id = s.id))
    order by s.created_at, s.id`,
);

const findByEmail = statement('identity_member_by_email', `select ${columns} from member m where m.email = $1`);
const findById = statement('identity_member_by_id', `select ${columns} from member m where m.id = $1`);
const anyMember = statement('identity_member_any', `select exists (select 1 from member) as "any"`);

const insertMember = statement(
  'identity_member_insert',
  `insert into member (id, email, name, password_hash, status, created_at) values ($1, $2, $3, $4, 'active', $5)`,
);

const giveStudioRole = statement(
  'identity_member_give_studio_role',
  `insert into studio_member (studio_id, member_id, role) values ($1, $2, $3)`,
);

const listInStudio = statement(
  'identity_member_list',
  `select ${columns}, sm.role as "studioRole", ${gameRolesOf('m.id', '$1')} as "gameRoles"
     from member m
     left join studio_member sm on sm.member_id = m.id and sm.studio_id = $1
    where (sm.member_id is not null or exists (select 1 from game_role where member_id = m.id and studio_id = $1))
      and ($2::text is null or m.status = $2)
    order by m.created_at, m.id
    limit $3`,
);

const savePassword = statement('identity_member_password', `update member set password_hash = $2 where id = $1`);
const saveLogin = statement('identity_member_login', `update member set last_login_at = $2 where id = $1`);

/** All SQL of members and their roles. */
@Injectable()
export class MembersStore {
  constructor(private readonly database: Database) {}

  /** Null when the studio, or the game in it, does not exist. */
  async findStanding(memberId: string, studioId: string, gameId: string | null): Promise<Standing | null> {
    type Row = Standing & { gameExists: boolean };
    const [row] = await this.database.query<Row>(findStanding, [memberId, studioId, gameId]);
    return row?.gameExists ? { studioRole: row.studioRole, gameRoles: row.gameRoles } : null;
  }

  /** The member's roles in every studio where it has any. */
  findStandings(memberId: string): Promise<(Standing & { studioId: string; gameIds: string[] })[]> {
    return this.database.query(findStandings, [memberId]);
  }

  async findByEmail(email: string): Promise<MemberRow | null> {
    const [row] = await this.database.query<MemberRow>(findByEmail, [email]);
    return row ?? null;
  }

  async findById(memberId: string): Promise<MemberRow | null> {
    const [row] = await this.database.query<MemberRow>(findById, [memberId]);
    return row ?? null;
  }

  /** True once the installation has a member. */
  async exist(tx: Tx | Database = this.database): Promise<boolean> {
    const [row] = await tx.query<{ any: boolean }>(anyMember, []);
    return row!.any;
  }

  async insert(
    tx: Tx,
    member: { id: string; email: string; name: string; passwordHash: string; now: Date },
  ): Promise<void> {
    await tx.query(insertMember, [member.id, member.email, member.name, member.passwordHash, member.now]);
  }

  async giveStudioRole(tx: Tx, studioId: string, memberId: string, role: StudioRole): Promise<void> {
    await tx.query(giveStudioRole, [studioId, memberId, role]);
  }

  list(studioId: string, status: MemberStatus | null, limit: number): Promise<MemberWithRoles[]> {
    return this.database.query(listInStudio, [studioId, status, limit]);
  }

  async savePassword(tx: Tx | Database, memberId: string, passwordHash: string): Promise<void> {
    await tx.query(savePassword, [memberId, passwordHash]);
  }

  async saveLogin(tx: Tx, memberId: string, now: Date): Promise<void> {
    await tx.query(saveLogin, [memberId, now]);
  }
}
