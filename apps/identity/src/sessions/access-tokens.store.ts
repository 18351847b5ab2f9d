import { Injectable } from '@nestjs/common';
import type { MemberStatus, Permission } from '@kraty/contracts/identity';
import { PrismaClient, type AccessToken } from '../generated/prisma/client.js';

export interface AccessTokenRow extends Omit<AccessToken, 'permissions' | 'tokenHash'> {
  permissions: Permission[];
}

export interface AccessTokenOfMember extends AccessTokenRow {
  email: string;
  memberName: string;
  status: MemberStatus;
}

const listMax = 200;

/** All access to the table of access tokens. */
@Injectable()
export class AccessTokensStore {
  constructor(private readonly prisma: PrismaClient) {}

  async insert(token: AccessTokenRow, tokenHash: string): Promise<void> {
    await this.prisma.accessToken.create({ data: { ...token, tokenHash } });
  }

  async findByToken(tokenHash: string): Promise<AccessTokenOfMember | null> {
    const row = await this.prisma.accessToken.findUnique({ where: { tokenHash }, include: { member: true } });
    if (row === null) return null;
    const { email, name: memberName, status } = row.member;
    return { ...withoutHash(row), email, memberName, status: status as MemberStatus };
  }

  async touch(id: string, lastUsedAt: Date): Promise<void> {
    await this.prisma.accessToken.updateMany({ where: { id }, data: { lastUsedAt } });
  }

  async list(memberId: string): Promise<AccessTokenRow[]> {
    const newestFirst = [{ createdAt: 'desc' as const }, { id: 'desc' as const }];
    const rows = await this.prisma.accessToken.findMany({ where: { memberId }, orderBy: newestFirst, take: listMax });
    return rows.map(withoutHash);
  }

  /** False when the member has no such token. */
  async delete(memberId: string, id: string): Promise<boolean> {
    return (await this.prisma.accessToken.deleteMany({ where: { id, memberId } })).count === 1;
  }
}

function withoutHash(row: AccessToken): AccessTokenRow {
  const { id, memberId, name, permissions, gameIds, createdAt, expiresAt, lastUsedAt } = row;
  return { id, memberId, name, permissions: permissions as Permission[], gameIds, createdAt, expiresAt, lastUsedAt };
}
