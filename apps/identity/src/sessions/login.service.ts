import { Inject, Injectable } from '@nestjs/common';
import type { Login, OpenedSession } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { uuidV7 } from '@kraty/platform/ids';
import { Database } from '@kraty/platform/persistence';
import { MembersStore, type MemberRow } from '../members/members.store.js';
import { LoginFailuresStore, type LoginTry } from './login-failures.store.js';
import { PasswordHasher } from './password-hasher.js';
import { passwordCharactersMax } from './password-rules.js';
import { failuresPerEmailAndIpMax, lockedForSeconds, lockoutWithinMs, sessionIdleMs } from './session-rules.js';
import { SessionsService } from './sessions.service.js';
import { SessionsStore } from './sessions.store.js';

/** Who calls without an address still shares one counter. */
const unknownAddress = 'unknown';
const emailCharactersMax = 254;
/** No password is longer; more would only be work for the hash. */
const passwordBytesMax = 4 * passwordCharactersMax;

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

  /**
   * A try counts as a failure until it has succeeded: else a hundred at once would all find the counter at 0.
   *
   * @throws invalid_credentials, rate_limited while locked out
   */
  async login(call: Login): Promise<OpenedSession> {
    const own = this.newTry(call);
    await this.failures.add(own);
    await this.refuseLockedOut(own);
    const member = await this.members.findByEmail(own.email);
    const password = call.password.length > passwordBytesMax ? '' : call.password;
    const fits = await this.passwords.verify(member?.passwordHash ?? null, password);
    if (!fits || member?.status !== 'active') throw fail('invalid_credentials', 'the email or the password is wrong');
    await this.failures.forgive(own, this.windowStart());
    return this.open(member, password, call);
  }

  private newTry({ email, ip }: Login): LoginTry {
    const address = email.trim().toLowerCase().slice(0, emailCharactersMax);
    return { id: uuidV7(this.clock.nowMs()), email: address, ip: ip ?? unknownAddress, at: this.clock.now() };
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

  private async refuseLockedOut(own: LoginTry): Promise<void> {
    const failures = await this.failures.recent(own, this.windowStart());
    const seconds = lockedForSeconds(failures, this.clock.nowMs());
    if (seconds === 0) return;
    // Nobody looked at the password, so it was no failure; counted, it would lengthen the lockout.
    await this.failures.remove(own);
    const details = { bucket: 'login', limit: failuresPerEmailAndIpMax, retryAfterSeconds: seconds };
    throw fail('rate_limited', 'too many failed logins', details, { headers: { 'retry-after': String(seconds) } });
  }

  private windowStart(): Date {
    return new Date(this.clock.nowMs() - lockoutWithinMs);
  }
}
