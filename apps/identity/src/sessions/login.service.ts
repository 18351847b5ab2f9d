import { Inject, Injectable } from '@nestjs/common';
import type { Login, OpenedSession } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { uuidV7 } from '@kraty/platform/ids';
import { Database } from '@kraty/platform/persistence';
import { MembersStore, type MemberRow } from '../members/members.store.js';
import { LoginFailuresStore } from './login-failures.store.js';
import { PasswordHasher } from './password-hasher.js';
import { passwordCharactersMax } from './password-rules.js';
import { failuresPerEmailAndIpMax, lockedForSeconds, lockoutWithinMs, sessionIdleMs } from './session-rules.js';
import { SessionsService } from './sessions.service.js';
import { SessionsStore } from './sessions.store.js';

/** Who calls without an address still shares one counter. */
const unknownAddress = 'unknown';

/** Opens a session for the right password, and tells nobody what was wrong with others. */
@Injectable()
export class LoginService {
  constructor(
    private readonly database: Database,
    private readonly members: MembersStore,
    private readonly failures: LoginFailuresStore,
    private readonly sessions: SessionsService,
    private readonly sessionRows: SessionsStore,
    private readonly clock: Clock,
    @Inject(PasswordHasher) private readonly passwords: PasswordHasher,
  ) {}

  /** @throws invalid_credentials, rate_limited while locked out */
  async login(call: Login): Promise<OpenedSession> {
    const email = call.email.trim().toLowerCase();
    const ip = call.ip ?? unknownAddress;
    await this.refuseLockedOut(email, ip);
    const member = await this.members.findByEmail(email);
    const tooLong = call.password.length > 4 * passwordCharactersMax;
    const password = tooLong ? '' : call.password;
    const fits = await this.passwords.verify(member?.passwordHash ?? null, password);
    if (!fits || member?.status !== 'active') return this.refuse(email, ip);
    await this.failures.forgive(email, ip, this.windowStart());
    return this.open(member, password, call);
  }

  private async open(member: MemberRow, password: string, call: Login): Promise<OpenedSession> {
    const outdated = this.passwords.isOutdated(member.passwordHash!);
    const passwordHash = outdated ? await this.passwords.hash(password) : null;
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      await this.sessionRows.deleteDead(tx, now, new Date(now.getTime() - sessionIdleMs));
      if (passwordHash !== null) await this.members.savePassword(tx, member.id, passwordHash);
      await this.members.saveLogin(tx, member.id, now);
      return this.sessions.open(tx, { ...member, lastLoginAt: now }, call);
    });
  }

  private async refuse(email: string, ip: string): Promise<never> {
    await this.failures.add({ id: uuidV7(this.clock.nowMs()), email, ip, failedAt: this.clock.now() });
    throw fail('invalid_credentials', 'the email or the password is wrong');
  }

  private async refuseLockedOut(email: string, ip: string): Promise<void> {
    const failures = await this.failures.recent(email, ip, this.windowStart());
    const seconds = lockedForSeconds(failures, this.clock.nowMs());
    if (seconds === 0) return;
    const details = { bucket: 'login', limit: failuresPerEmailAndIpMax, retryAfterSeconds: seconds };
    throw fail('rate_limited', 'too many failed logins', details, { headers: { 'retry-after': String(seconds) } });
  }

  private windowStart(): Date {
    return new Date(this.clock.nowMs() - lockoutWithinMs);
  }
}
