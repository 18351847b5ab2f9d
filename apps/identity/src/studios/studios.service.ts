import { Injectable } from '@nestjs/common';
import type { Issue } from '@kraty/contracts/failures';
import { actedBy, type Operator, type Studio } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { uuidV7 } from '@kraty/platform/ids';
import { Database, type Tx } from '@kraty/platform/persistence';
import { AuditLog } from '../audit/audit-log.service.js';
import { refuseIssues } from '../common/issues.js';
import { isName, isSlug } from '../games/game-settings.js';
import { AccessService } from '../members/access.service.js';
import { MembersStore } from '../members/members.store.js';
import { StudiosStore, type StudioRow } from './studios.store.js';

@Injectable()
export class StudiosService {
  constructor(
    private readonly database: Database,
    private readonly studios: StudiosStore,
    private readonly members: MembersStore,
    private readonly access: AccessService,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  async list(operator: Operator): Promise<Studio[]> {
    return (await this.studios.listOfMember(operator.memberId)).map(studioView);
  }

  async read(operator: Operator, studioId: string): Promise<Studio> {
    await this.access.require(operator, 'studio.read', { studioId, gameId: null });
    return studioView((await this.studios.find(studioId)) ?? unknownStudio());
  }

  /** Whoever owns a studio may open another one, and owns it. */
  async create(operator: Operator, name: string, slug: string): Promise<Studio> {
    refuseIssues(studioIssues({ name, slug }));
    await this.requireOwner(operator);
    const row = await this.database.transaction(async (tx) => {
      const studio = { id: uuidV7(this.clock.nowMs()), name: name.trim(), slug, createdAt: this.clock.now() };
      const made = await this.studios.insert(tx, studio);
      await this.members.giveStudioRole(tx, made.id, operator.memberId, 'STUDIO_OWNER');
      await this.record(tx, operator, 'studio.create', made.id, null, made);
      return made;
    });
    return studioView(row);
  }

  async update(operator: Operator, studioId: string, changes: { name?: string; slug?: string }): Promise<Studio> {
    refuseIssues(studioIssues(changes));
    await this.access.require(operator, 'studio.update', { studioId, gameId: null });
    const row = await this.database.transaction(async (tx) => {
      const before = (await this.studios.lock(tx, studioId)) ?? unknownStudio();
      const name = changes.name?.trim() ?? before.name;
      const after = await this.studios.save(tx, { ...before, name, slug: changes.slug ?? before.slug });
      await this.record(tx, operator, 'studio.update', studioId, before, after);
      return after;
    });
    return studioView(row);
  }

  async delete(operator: Operator, studioId: string): Promise<void> {
    await this.access.require(operator, 'studio.delete', { studioId, gameId: null }, { sessionOnly: true });
    await this.database.transaction(async (tx) => {
      const before = (await this.studios.lock(tx, studioId)) ?? unknownStudio();
      const deleted = await this.studios.delete(tx, studioId, this.clock.now());
      if (!deleted) throw fail('conflict', 'archive the games of the studio first', { reason: 'games_not_archived' });
      await this.record(tx, operator, 'studio.delete', studioId, before, null);
    });
  }

  /** @throws forbidden for members who own no studio, session_required for access tokens */
  private async requireOwner(operator: Operator): Promise<void> {
    if (operator.limitedTo !== null) throw fail('session_required', 'an access token cannot do this; sign in');
    const standings = await this.members.findStandings(operator.memberId);
    if (standings.some(({ studioRole }) => studioRole === 'STUDIO_OWNER')) return;
    throw fail('forbidden', 'only owners of a studio open studios', { required: 'studio.delete' });
  }

  private async record(
    tx: Tx,
    operator: Operator,
    action: string,
    studioId: string,
    before: StudioRow | null,
    after: StudioRow | null,
  ): Promise<void> {
    await this.audit.record(tx, {
      ...actedBy(operator),
      studioId,
      gameId: null,
      action,
      target: { type: 'studio', id: studioId, label: (after ?? before)!.slug },
      before: before && { name: before.name, slug: before.slug },
      after: after && { name: after.name, slug: after.slug },
    });
  }
}

function studioView({ id, name, slug, createdAt }: StudioRow): Studio {
  return { id, name, slug, createdAt: createdAt.toISOString() };
}

function unknownStudio(): never {
  throw fail('not_found', 'there is no such studio', { resource: 'studio' });
}

function studioIssues({ name, slug }: { name?: string; slug?: string }): Issue[] {
  const issues: Issue[] = [];
  if (name !== undefined && !isName(name)) {
    issues.push({ path: 'body.name', code: 'length', message: 'must have 1 to 80 characters' });
  }
  if (slug !== undefined && !isSlug(slug)) issues.push({ path: 'body.slug', code: 'format', message: 'must be a key' });
  return issues;
}
