import { Injectable } from '@nestjs/common';
import type { Member, MemberStatus, Operator } from '@kraty/contracts/identity';
import { AccessService } from './access.service.js';
import { MembersStore, type MemberRow, type MemberWithRoles } from './members.store.js';

/** A studio is a team, not a community. */
const membersMax = 1_000;

@Injectable()
export class MembersService {
  constructor(
    private readonly members: MembersStore,
    private readonly access: AccessService,
  ) {}

  async list(operator: Operator, studioId: string, status: MemberStatus | null): Promise<Member[]> {
    await this.access.require(operator, 'member.read', { studioId, gameId: null });
    return (await this.members.list(studioId, status, membersMax)).map((row) => memberView(row, row));
  }
}

/** The member as operators see it; roles are those of one studio. */
export function memberView(row: MemberRow, roles: Pick<MemberWithRoles, 'studioRole' | 'gameRoles'>): Member {
  const { id, email, name, status, lastLoginAt, createdAt } = row;
  const { studioRole, gameRoles } = roles;
  const times = { lastLoginAt: lastLoginAt?.toISOString() ?? null, createdAt: createdAt.toISOString() };
  return { id, email, name, status, studioRole, gameRoles, totpEnabled: false, ...times };
}
