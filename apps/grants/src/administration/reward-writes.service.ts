import { Injectable } from '@nestjs/common';
import type { GameScope, Idempotency, Scope } from '@kraty/contracts/common';
import { configurationRoutes, type SectionChanges, type Sections } from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import type { RewardObject, RewardSection } from '@kraty/contracts/grants';
import { actedBy, operatorActed, type Operator, type OperatorAct } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { ConfigurationApplies } from '@kraty/platform/configuration-applies';
import { busy, fail } from '@kraty/platform/errors';
import { Outbox, type NewFact, type Staged } from '@kraty/platform/facts';
import { IdempotencyStore, type RecordedReply } from '@kraty/platform/idempotency';
import { uuidV7 } from '@kraty/platform/ids';
import { Messenger, rawJson, reply, type Reply } from '@kraty/platform/messaging';
import type { Tx } from '@kraty/platform/persistence';
import { checkRewards } from '../configuration/check.js';
import { ConfigurationService } from '../configuration/configuration.service.js';
import { SectionWritesService } from '../configuration/section-writes.service.js';
import { rewardConfiguration } from './reward-bodies.js';
import { nounOf } from './reward-object.js';
import { RewardReadsService } from './reward-reads.service.js';

const economy = configurationRoutes('economy');
/** Writes that may wait for their turn in this process. */
const waitingMax = 32;

export interface RewardWrite {
  operator: Operator;
  game: GameScope;
  section: RewardSection;
  idempotency: Idempotency | null;
}

interface Judged {
  changes: SectionChanges;
  verb: string;
  before: RewardObject | null;
  object: { key: string };
}

const nothingStaged: Staged = { envelopes: [] };

/** Single bundles and tables, changed by operators (04 §7): by the rules of every document, one write at a time. */
@Injectable()
export class RewardWritesService {
  private last: Promise<void> = Promise.resolve();
  private waiting = 0;

  constructor(
    private readonly applies: ConfigurationApplies,
    private readonly reads: RewardReadsService,
    private readonly configuration: ConfigurationService,
    private readonly writes: SectionWritesService,
    private readonly messenger: Messenger,
    private readonly idempotency: IdempotencyStore,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** @throws validation_failed, config_invalid, conflict (key_taken, apply_running) */
  async create(write: RewardWrite, raw: unknown): Promise<Reply<RewardObject>> {
    const { game, section } = write;
    const object = rewardConfiguration(section, raw);
    return this.once(write, { id: object.key, status: 201 }, async (tx) => {
      const known = await this.reads.read(game, section, object.key, tx).catch(() => null);
      if (known) throw fail('conflict', `the key ${object.key} is taken`, { reason: 'key_taken', key: object.key });
      await this.check(game, section, object);
      return { changes: upserting(section, object), verb: 'create', before: null, object };
    });
  }

  /** @throws validation_failed, config_invalid, not_found, version_conflict, conflict (apply_running) */
  async replace(write: RewardWrite, id: string, ifVersion: number, raw: unknown): Promise<Reply<RewardObject>> {
    const { game, section } = write;
    const object = rewardConfiguration(section, raw);
    return this.once(write, { id, status: 200 }, async (tx) => {
      const before = await this.readAt(tx, write, id, ifVersion);
      if (before.key !== object.key) throw fail('conflict', 'a key never changes', { reason: 'key_immutable' });
      await this.check(game, section, object);
      return { changes: upserting(section, object), verb: 'update', before, object };
    });
  }

  /** @throws not_found, version_conflict, conflict with `usages` unless forced, config_invalid */
  async archive(
    write: RewardWrite,
    id: string,
    { ifVersion, archived, force }: { ifVersion: number; archived: boolean; force: boolean },
  ): Promise<Reply<RewardObject>> {
    const { game, section } = write;
    return this.once(write, { id, status: 200 }, async (tx) => {
      const before = await this.readAt(tx, write, id, ifVersion);
      const usages = archived && !force ? await this.reads.usages(game, section, id) : [];
      if (usages.length > 0) throw fail('conflict', 'it is in use', { reason: 'in_use', usages });
      const { id: _, revision: _r, version: _v, archivedAt: _a, ...object } = before;
      if (!archived) await this.check(game, section, object);
      const changes: SectionChanges = archived
        ? { upserts: {}, archives: { [section]: [before.key] } }
        : upserting(section, object);
      return { changes, verb: archived ? 'archive' : 'unarchive', before, object };
    });
  }

  /**
   * What `judge` reads stays as it is until its changes are written. Change, audit entry and recorded answer are one
   * commit (04 §11); a repeat gets that answer before anything is looked at.
   */
  private async once(
    { operator, game, section, idempotency }: RewardWrite,
    { id, status }: { id: string; status: 200 | 201 },
    judge: (tx: Tx) => Promise<Judged>,
  ): Promise<Reply<RewardObject>> {
    const apply = { game, applyId: uuidV7(this.clock.nowMs()), actor: `member:${operator.memberId}` };
    // Bundles and tables exist once a game; keys of their writes are kept under `live`.
    const scope: Scope = { ...game, environment: 'live' };
    let answer: RecordedReply & { replayed: boolean } = { status, reply: '', replayed: false };
    await this.inTurn(async () => {
      const staged = await this.applies.atOnce(apply, async (tx: Tx) => {
        const known = await this.idempotency.begin(tx, scope, idempotency);
        if (known) {
          answer = { ...known, replayed: true };
          return nothingStaged;
        }
        const { changes, verb, before, object } = await judge(tx);
        const act = this.actFact(operator, game, section, verb, before, object);
        const told = await this.writes.write(tx, game, changes, [act]);
        answer = { status, reply: JSON.stringify(await this.reads.read(game, section, id, tx)), replayed: false };
        await this.idempotency.record(tx, scope, idempotency, answer);
        return told;
      });
      await this.outbox.carry(staged);
    });
    return reply(rawJson(answer.reply), { status: answer.status, replayed: answer.replayed });
  }

  /** A write reads while it holds a connection: side by side, many of them could take all there are. */
  private async inTurn(work: () => Promise<void>): Promise<void> {
    if (this.waiting >= waitingMax) throw busy();
    this.waiting += 1;
    const mine = this.last.then(work).finally(() => (this.waiting -= 1));
    this.last = mine.catch(() => undefined);
    await mine;
  }

  private async readAt(tx: Tx, { game, section }: RewardWrite, id: string, ifVersion: number): Promise<RewardObject> {
    const object = await this.reads.read(game, section, id, tx);
    if (object.version === ifVersion) return object;
    throw fail('version_conflict', 'somebody changed it meanwhile', { currentVersion: object.version });
  }

  /** Only what this change would make wrong: what stands wrong already is not its fault. */
  private async check(game: GameScope, section: RewardSection, object: { key: string }): Promise<void> {
    const { sections } = await this.configuration.export(game);
    const { sections: catalog } = await this.messenger.request(economy.export, { game });
    const before = { ...catalog, ...sections } as Sections;
    const others = (before[section] as { key: string }[]).filter(({ key }) => key !== object.key);
    const after = { ...before, [section]: [...others, object] } as Sections;
    const none = { rewardBundles: new Set<string>(), rewardTables: new Set<string>() };
    const nothing: SectionChanges = { upserts: {}, archives: {} };
    const known = new Set(checkRewards({ changes: nothing, desired: before }, none).map(nameOf));
    const found = checkRewards({ changes: upserting(section, object), desired: after }, none);
    const issues = found.filter(
      (issue) => !known.has(nameOf(issue)) || issue.path.startsWith(`${section}[${object.key}]`),
    );
    if (issues.length > 0) throw fail('config_invalid', 'the rewards cannot stand like this', { issues });
  }

  private actFact(
    operator: Operator,
    game: GameScope,
    section: RewardSection,
    verb: string,
    before: RewardObject | null,
    after: { key: string },
  ): NewFact {
    const now = this.clock.now();
    const act: OperatorAct = {
      ...actedBy(operator),
      auditId: uuidV7(now.getTime()),
      ...{ studioId: game.studioId, gameId: game.gameId, environment: null },
      action: `${nounOf[section]}.${verb}`,
      target: { type: nounOf[section], id: before?.id ?? after.key, label: after.key },
      ...{ reason: null, metadata: {}, before: before && { ...before }, after: { ...after } },
      actedAt: now.toISOString(),
    };
    return { type: operatorActed.grants, scope: game, aggregateId: act.auditId, revision: 1, payload: act };
  }
}

function upserting(section: RewardSection, object: { key: string }): SectionChanges {
  return { upserts: { [section]: [object] }, archives: {} };
}

function nameOf({ path, code, message }: Issue): string {
  return `${path}\n${code}\n${message}`;
}
