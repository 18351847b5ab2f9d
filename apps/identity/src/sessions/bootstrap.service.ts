import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Bootstrap, OpenedSession, RequestOrigin } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { randomSecret, secretsEqual, sha256Hex, uuidV7 } from '@kraty/platform/ids';
import { Logger } from '@kraty/platform/logging';
import { Database, type Tx } from '@kraty/platform/persistence';
import { onceThere } from '@kraty/platform/waiting';
import { AuditLog } from '../audit/audit-log.service.js';
import { refuseIssues } from '../common/issues.js';
import { isName } from '../games/game-settings.js';
import { IdentityConfiguration } from '../identity.configuration.js';
import { MembersStore, type MemberRow } from '../members/members.store.js';
import { validEmail } from '../players/player-context.js';
import { StudiosStore } from '../studios/studios.store.js';
import { BootstrapStore } from './bootstrap.store.js';
import { PasswordHasher } from './password-hasher.js';
import { passwordProblem } from './password-rules.js';
import { SessionsService } from './sessions.service.js';

const tokenLifeMs = 60 * 60_000;
const defaultStudio = { name: 'Default', slug: 'default' };
const atStart: RequestOrigin = { requestId: 'start', ip: null, userAgent: null };

interface FirstMember {
  email: string;
  name: string;
  passwordHash: string;
  studio: { name: string; slug: string };
}

/** Makes the first operator of an installation (04 §2). */
@Injectable()
export class BootstrapService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly tokens: BootstrapStore,
    private readonly members: MembersStore,
    private readonly studios: StudiosStore,
    private readonly sessions: SessionsService,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly configuration: IdentityConfiguration,
    @Inject(PasswordHasher) private readonly passwords: PasswordHasher,
  ) {}

  async onModuleInit(): Promise<void> {
    const onAway = (err: unknown) => this.logger.warn({ err }, 'waiting for PostgreSQL');
    if (await onceThere(() => this.members.exist(), { onAway })) return;
    const { bootstrapAdminEmail, bootstrapAdminPassword } = this.configuration;
    if (bootstrapAdminEmail && bootstrapAdminPassword) {
      await this.makeConfiguredAdmin(bootstrapAdminEmail.toLowerCase(), bootstrapAdminPassword);
    } else {
      await this.printToken();
    }
  }

  async isRequired(): Promise<boolean> {
    return !(await this.members.exist());
  }

  /** @throws not_found once a member exists, invalid_credentials, validation_failed */
  async bootstrap(call: Bootstrap): Promise<OpenedSession> {
    if (await this.members.exist()) throw alreadyDone();
    await this.checkToken(call.token);
    const email = validEmail(call.email);
    refuseIssues(formIssues(call, email));
    const passwordHash = await this.passwords.hash(call.password);
    const studio = { name: call.studioName.trim(), slug: slugOf(call.studioName) };
    return this.database.transaction(async (tx) => {
      const member = await this.makeFirst(tx, { email: email!, name: call.name.trim(), passwordHash, studio }, call);
      if (member === null) throw alreadyDone();
      return this.sessions.open(tx, member, call);
    });
  }

  private async makeConfiguredAdmin(email: string, password: string): Promise<void> {
    const problem = passwordProblem(password, email);
    if (problem !== null) throw new Error(`BOOTSTRAP_ADMIN_PASSWORD ${problem.message}`);
    const passwordHash = await this.passwords.hash(password);
    const first = { email, name: email.split('@')[0]!, passwordHash, studio: defaultStudio };
    const made = await this.database.transaction((tx) => this.makeFirst(tx, first, atStart));
    if (made !== null) this.logger.info({ email }, 'the first operator was made');
  }

  private async printToken(): Promise<void> {
    const token = randomSecret();
    const expiresAt = new Date(this.clock.nowMs() + tokenLifeMs);
    await this.database.transaction((tx) => this.tokens.putToken(tx, sha256Hex(token), expiresAt));
    // Said in the sentence itself: a field of this name would be redacted, and somebody has to read it.
    this.logger.info(`No operator exists yet. Open the portal with the one-time code ${token} within 60 minutes.`);
  }

  /** Null when another instance was faster. */
  private async makeFirst(tx: Tx, first: FirstMember, origin: RequestOrigin): Promise<MemberRow | null> {
    await this.tokens.takeTurn(tx);
    if (await this.members.exist(tx)) return null;
    const [now, nowMs] = [this.clock.now(), this.clock.nowMs()];
    const member = { id: uuidV7(nowMs), email: first.email, name: first.name, passwordHash: first.passwordHash, now };
    const studio = await this.studios.insert(tx, { id: uuidV7(nowMs), ...first.studio, createdAt: now });
    await this.members.insert(tx, member);
    await this.members.giveStudioRole(tx, studio.id, member.id, 'STUDIO_OWNER');
    await this.tokens.deleteToken(tx);
    await this.audit.record(tx, {
      requestId: origin.requestId,
      ip: origin.ip,
      userAgent: origin.userAgent,
      studioId: studio.id,
      gameId: null,
      actor: { type: 'system', id: null, label: 'system' },
      action: 'studio.create',
      target: { type: 'studio', id: studio.id, label: studio.slug },
      metadata: { owner: member.email },
      before: null,
      after: { name: studio.name, slug: studio.slug },
    });
    return { ...member, status: 'active', lastLoginAt: null, createdAt: now };
  }

  private async checkToken(token: string): Promise<void> {
    const stored = await this.tokens.findToken(this.clock.now());
    if (!secretsEqual(stored ?? '', sha256Hex(token)))
      throw fail('invalid_credentials', 'the token is wrong or too old');
  }
}

function alreadyDone() {
  return fail('not_found', 'the installation has an operator already');
}

function formIssues({ name, password, studioName }: Bootstrap, email: string | null) {
  const length = { code: 'length' as const, message: 'must have 1 to 80 characters' };
  const problem = passwordProblem(password, email ?? '');
  return [
    ...(email === null ? [{ path: 'body.email', code: 'format' as const, message: 'must be an email' }] : []),
    ...(isName(name) ? [] : [{ path: 'body.name', ...length }]),
    ...(isName(studioName) ? [] : [{ path: 'body.studioName', ...length }]),
    ...(problem === null ? [] : [{ path: 'body.password', ...problem }]),
  ];
}

/** A key made of the name's letters and digits; the studio's owner can change it. */
function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
  return slug === '' ? defaultStudio.slug : slug;
}
