import { Inject, Injectable } from '@nestjs/common';
import type { MemberSession, OpenedSession, Operator, RequestOrigin, SessionView } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { isUuid, randomSecret, sha256Hex, uuidV7 } from '@kraty/platform/ids';
import { Database, type Tx } from '@kraty/platform/persistence';
import { permissionsOf } from '../members/access.js';
import { memberView } from '../members/members.service.js';
import { MembersStore, type MemberRow } from '../members/members.store.js';
import { refuseIssues } from '../common/issues.js';
import { PasswordHasher } from './password-hasher.js';
import { passwordProblem } from './password-rules.js';
import { csrfTokenOf, isSessionAlive, sessionIdleMs, sessionLifeMs, sessionTouchMs } from './session-rules.js';
import { SessionsStore, type SessionOfMember } from './sessions.store.js';

const userAgentCharactersMax = 256;

/** Sessions of members: opening, checking, ending (04 §2). */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsStore,
    private readonly members: MembersStore,
    private readonly clock: Clock,
    @Inject(PasswordHasher) private readonly passwords: PasswordHasher,
  ) {}

  /** A fresh session with an id of its own; only the hash of its token is kept. */
  async open(tx: Tx, member: MemberRow, origin: RequestOrigin): Promise<OpenedSession> {
    const token = randomSecret();
    const [createdAt, expiresAt] = [this.clock.now(), new Date(this.clock.nowMs() + sessionLifeMs)];
    const userAgent = origin.userAgent?.slice(0, userAgentCharactersMax) ?? null;
    const session = {
      id: uuidV7(this.clock.nowMs()),
      memberId: member.id,
      ip: origin.ip,
      userAgent,
      createdAt,
      expiresAt,
    };
    await this.sessions.insert(tx, session, sha256Hex(token));
    const view = memberView(member, { studioRole: null, gameRoles: [] });
    return { token, csrfToken: csrfTokenOf(token), expiresAt: expiresAt.toISOString(), member: view };
  }

  /** @throws session_invalid */
  async check(token: string, { idle } = { idle: false }): Promise<SessionOfMember> {
    const session = await this.sessions.findByToken(sha256Hex(token));
    if (session === null || session.status !== 'active' || !isSessionAlive(session, this.clock.nowMs())) {
      throw fail('session_invalid', 'sign in again');
    }
    if (!idle && this.clock.nowMs() - session.lastUsedAt.getTime() >= sessionTouchMs) {
      await this.sessions.touch(session.id, this.clock.now());
    }
    return session;
  }

  async view(token: string): Promise<SessionView> {
    const session = await this.check(token);
    const member = await this.members.findById(session.memberId);
    if (member === null) throw fail('session_invalid', 'sign in again');
    return {
      member: memberView(member, { studioRole: null, gameRoles: [] }),
      csrfToken: csrfTokenOf(token),
      expiresAt: session.expiresAt.toISOString(),
      permissions: await this.permissions(member.id),
    };
  }

  async list(operator: Operator): Promise<MemberSession[]> {
    const usedAfter = new Date(this.clock.nowMs() - sessionIdleMs);
    const rows = await this.sessions.listAlive(operator.memberId, this.clock.now(), usedAfter);
    return rows.map(({ id, ip, userAgent, createdAt, lastUsedAt }) => ({
      id,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt.toISOString(),
      ip,
      userAgent,
      current: id === operator.sessionId,
    }));
  }

  async end(operator: Operator, sessionId: string): Promise<void> {
    const ended = isUuid(sessionId) && (await this.sessions.delete(this.database, operator.memberId, sessionId));
    if (!ended) throw fail('not_found', 'there is no such session', { resource: 'session' });
  }

  /** A session that is gone already is as good as ended. */
  async logout({ memberId, sessionId }: Operator): Promise<void> {
    if (sessionId !== null) await this.sessions.delete(this.database, memberId, sessionId);
  }

  /** Every other session of the member ends, and the caller's gets a new id. */
  async changePassword(operator: Operator, currentPassword: string, newPassword: string): Promise<OpenedSession> {
    if (operator.sessionId === null) throw fail('session_required', 'an access token cannot do this; sign in');
    const member = await this.members.findById(operator.memberId);
    const fits = await this.passwords.verify(member?.passwordHash ?? null, currentPassword);
    if (!fits || member === null) throw fail('invalid_credentials', 'the password is wrong');
    const problem = passwordProblem(newPassword, member.email);
    refuseIssues(problem === null ? [] : [{ path: 'body.newPassword', ...problem }]);
    const passwordHash = await this.passwords.hash(newPassword);
    return this.database.transaction(async (tx) => {
      await this.members.savePassword(tx, member.id, passwordHash);
      await this.sessions.deleteAll(tx, member.id);
      return this.open(tx, member, operator);
    });
  }

  private async permissions(memberId: string): Promise<SessionView['permissions']> {
    const standings = await this.members.findStandings(memberId);
    const permissions: SessionView['permissions'] = { studios: {}, games: {} };
    for (const { studioId, gameIds, ...standing } of standings) {
      permissions.studios[studioId] = permissionsOf(standing, null);
      for (const gameId of gameIds) {
        const held = permissionsOf(standing, gameId);
        if (held.length > 0) permissions.games[gameId] = held;
      }
    }
    return permissions;
  }
}
