import { Injectable } from '@nestjs/common';
import type { Issue } from '@kraty/contracts/failures';
import type { AccessToken, CreateAccessToken, Operator } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { isUuid, randomSecret, sha256Hex, uuidV7 } from '@kraty/platform/ids';
import { refuseIssues } from '../common/issues.js';
import { isName } from '../games/game-settings.js';
import { permissionsOf } from '../members/access.js';
import { MembersStore } from '../members/members.store.js';
import { AccessTokensStore, type AccessTokenOfMember, type AccessTokenRow } from './access-tokens.store.js';

const dayMs = 24 * 3_600_000;
const daysMax = 365;
const gamesMax = 200;
/** `lastUsedAt` is moved at most this often. */
const touchMs = 60_000;

/** Tokens with which scripts act as a member, limited to what the member listed (04 §2). */
@Injectable()
export class AccessTokensService {
  constructor(
    private readonly tokens: AccessTokensStore,
    private readonly members: MembersStore,
    private readonly clock: Clock,
  ) {}

  /** @throws session_invalid */
  async check(token: string, { idle } = { idle: false }): Promise<AccessTokenOfMember> {
    const row = await this.tokens.findByToken(sha256Hex(token));
    const nowMs = this.clock.nowMs();
    if (row === null || row.status !== 'active' || row.expiresAt.getTime() <= nowMs) {
      throw fail('session_invalid', 'the access token is not valid');
    }
    if (!idle && nowMs - (row.lastUsedAt?.getTime() ?? 0) >= touchMs) await this.tokens.touch(row.id, this.clock.now());
    return row;
  }

  async create(call: CreateAccessToken): Promise<AccessToken & { token: string }> {
    const { operator, name, expiresInDays, permissions, gameIds } = call;
    if (operator.sessionId === null) throw fail('session_required', 'an access token cannot make another one');
    refuseIssues([...formIssues(call), ...(await this.notHeld(call))]);
    const token = `at_${randomSecret()}`;
    const row: AccessTokenRow = {
      id: uuidV7(this.clock.nowMs()),
      memberId: operator.memberId,
      name: name.trim(),
      permissions: [...new Set(permissions)],
      gameIds: [...new Set(gameIds)],
      createdAt: this.clock.now(),
      expiresAt: new Date(this.clock.nowMs() + expiresInDays * dayMs),
      lastUsedAt: null,
    };
    await this.tokens.insert(row, sha256Hex(token));
    return { ...tokenView(row), token };
  }

  async list({ memberId }: Operator): Promise<AccessToken[]> {
    return (await this.tokens.list(memberId)).map(tokenView);
  }

  async delete(operator: Operator, tokenId: string): Promise<void> {
    const deleted = isUuid(tokenId) && (await this.tokens.delete(operator.memberId, tokenId));
    if (!deleted) throw fail('not_found', 'there is no such access token', { resource: 'access_token' });
  }

  /** A token never does what its member may not do: each permission must be held in every game it lists. */
  private async notHeld({ operator, permissions, gameIds }: CreateAccessToken): Promise<Issue[]> {
    const standings = await this.members.findStandings(operator.memberId);
    const held = gameIds.map((gameId) => {
      const standing = standings.find((candidate) => candidate.gameIds.includes(gameId));
      return new Set(standing ? permissionsOf(standing, gameId) : []);
    });
    const inStudios = new Set(standings.flatMap((standing) => permissionsOf(standing, null)));
    const heldEverywhere = (permission: (typeof permissions)[number]) =>
      gameIds.length === 0 ? inStudios.has(permission) : held.every((own) => own.has(permission));
    return permissions.flatMap((permission, index): Issue[] => {
      if (heldEverywhere(permission)) return [];
      return [
        { path: `body.permissions[${index}]`, code: 'unknown_reference', message: `you do not hold ${permission}` },
      ];
    });
  }
}

function formIssues({ name, expiresInDays, gameIds }: CreateAccessToken): Issue[] {
  const issues: Issue[] = [];
  if (!isName(name)) issues.push({ path: 'body.name', code: 'length', message: 'must have 1 to 80 characters' });
  if (!Number.isInteger(expiresInDays) || expiresInDays < 1 || expiresInDays > daysMax) {
    issues.push({ path: 'body.expiresInDays', code: 'range', message: `must be an integer from 1 to ${daysMax}` });
  }
  if (gameIds.length > gamesMax || !gameIds.every(isUuid)) {
    issues.push({ path: 'body.gameIds', code: 'format', message: `must be at most ${gamesMax} ids` });
  }
  return issues;
}

function tokenView({ id, name, permissions, gameIds, createdAt, expiresAt, lastUsedAt }: AccessTokenRow): AccessToken {
  return {
    id,
    name,
    permissions,
    gameIds,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}
