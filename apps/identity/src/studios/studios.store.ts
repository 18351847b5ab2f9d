import { Injectable } from '@nestjs/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import { withUniqueSlug } from '../common/unique-slug.js';

export interface StudioRow {
  id: string;
  name: string;
  slug: string;
  createdAt: Date;
}

const columns = `s.id, s.name, s.slug, s.created_at as "createdAt"`;

const insertStudio = statement(
  'identity_studio_insert',
  `insert into studio as s (id, name, slug, created_at) values ($1, $2, $3, $4) returning ${columns}`,
);

const lockStudio = statement(
  'identity_studio_lock',
  `select ${columns} from studio s where s.id = $1 and s.deleted_at is null for update`,
);

const findStudio = statement(
  'identity_studio_find',
  `select ${columns} from studio s where s.id = $1 and s.deleted_at is null`,
);

const listOfMember = statement(
  'identity_studio_list',
  `select ${columns}
     from studio s
    where s.deleted_at is null
      and (exists (select 1 from studio_member where studio_id = s.id and member_id = $1 and role is not null)
           or exists (select 1 from game_role where studio_id = s.id and member_id = $1))
    order by s.created_at desc, s.id desc`,
);

const saveStudio = statement(
  'identity_studio_save',
  `update studio as s set name = $2, slug = $3 where s.id = $1 returning ${columns}`,
);

// The slug is freed; the row stays, because audit rows and players name it.
const deleteStudio = statement(
  'identity_studio_delete',
  `update studio set deleted_at = $2, slug = slug || '~' || id
    where id = $1 and not exists (select 1 from game where studio_id = $1 and archived_at is null)
   returning id`,
);

@Injectable()
export class StudiosStore {
  constructor(private readonly database: Database) {}

  /** @throws conflict slug_taken */
  async insert(tx: Tx, studio: StudioRow): Promise<StudioRow> {
    const { id, name, slug, createdAt } = studio;
    const [row] = await withUniqueSlug(slug, () => tx.query<StudioRow>(insertStudio, [id, name, slug, createdAt]));
    return row!;
  }

  async lock(tx: Tx, studioId: string): Promise<StudioRow | null> {
    const [row] = await tx.query<StudioRow>(lockStudio, [studioId]);
    return row ?? null;
  }

  async find(studioId: string): Promise<StudioRow | null> {
    const [row] = await this.database.query<StudioRow>(findStudio, [studioId]);
    return row ?? null;
  }

  listOfMember(memberId: string): Promise<StudioRow[]> {
    return this.database.query(listOfMember, [memberId]);
  }

  /** @throws conflict slug_taken */
  async save(tx: Tx, { id, name, slug }: StudioRow): Promise<StudioRow> {
    const [row] = await withUniqueSlug(slug, () => tx.query<StudioRow>(saveStudio, [id, name, slug]));
    return row!;
  }

  /** False while a game of the studio is not archived. */
  async delete(tx: Tx, studioId: string, now: Date): Promise<boolean> {
    return (await tx.query(deleteStudio, [studioId, now])).length === 1;
  }
}
