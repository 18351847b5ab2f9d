import { Injectable } from '@nestjs/common';
import type { GameScope, Idempotency, Scope } from '@kraty/contracts/common';
import type { SectionChanges, Sections } from '@kraty/contracts/configuration';
import type { CatalogObject, CatalogSection } from '@kraty/contracts/economy';
import { actedBy, operatorActed, type Operator, type OperatorAct } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { ConfigurationApplies } from '@kraty/platform/configuration-applies';
import { fail } from '@kraty/platform/errors';
import { Outbox, type NewFact, type Staged } from '@kraty/platform/facts';
import { IdempotencyStore, type RecordedReply } from '@kraty/platform/idempotency';
import { uuidV7 } from '@kraty/platform/ids';
import { rawJson, reply, type Reply } from '@kraty/platform/messaging';
import { Database, type Tx } from '@kraty/platform/persistence';
import { CatalogService } from '../catalog/catalog.service.js';
import { ConfigurationService } from '../configuration/configuration.service.js';
import { catalogConfiguration, type CatalogConfiguration } from './catalog-bodies.js';
import { nounOf } from './catalog-object.js';
import { CatalogReadsService } from './catalog-reads.service.js';

/** Which object of which game, and who changes it. */
export interface CatalogWrite {
  operator: Operator;
  game: GameScope;
  section: CatalogSection;
  idempotency: Idempotency | null;
}

interface Judged {
  verb: 'create' | 'update' | 'archive' | 'unarchive';
  changes: SectionChanges;
  before: CatalogObject | null;
  after: CatalogConfiguration;
}

const nothingStaged: Staged = { envelopes: [] };

/** Single objects of the catalog, changed by operators (04 §7): by the rules of every document. */
@Injectable()
export class CatalogWritesService {
  constructor(
    private readonly database: Database,
    private readonly applies: ConfigurationApplies,
    private readonly reads: CatalogReadsService,
    private readonly configuration: ConfigurationService,
    private readonly catalogs: CatalogService,
    private readonly idempotency: IdempotencyStore,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** @throws validation_failed, config_invalid, conflict (key_taken, apply_running) */
  async create(write: CatalogWrite, raw: unknown): Promise<Reply<CatalogObject>> {
    const { game, section } = write;
    const object = catalogConfiguration(section, raw);
    const { key } = object;
    return this.once(write, async () => {
      const foreign = await this.reads.foreignSections(game);
      return this.atOnce(write, { key, status: 201 }, async (tx) => {
        const known = await this.reads.find(game, section, key, tx);
        if (known) throw fail('conflict', `the key ${key} is taken`, { reason: 'key_taken', key });
        await this.check(tx, write, object, foreign);
        return { verb: 'create', changes: upserting(section, object), before: null, after: object };
      });
    });
  }

  /** @throws validation_failed, config_invalid, not_found, version_conflict, conflict (key_immutable, apply_running) */
  async replace(write: CatalogWrite, key: string, ifVersion: number, raw: unknown): Promise<Reply<CatalogObject>> {
    const { game, section } = write;
    const object = catalogConfiguration(section, raw);
    if (object.key !== key) throw fail('conflict', 'a key never changes', { reason: 'key_immutable' });
    return this.once(write, async () => {
      const foreign = await this.reads.foreignSections(game);
      return this.atOnce(write, { key, status: 200 }, async (tx) => {
        const before = await this.readAt(tx, write, key, ifVersion);
        await this.check(tx, write, object, foreign);
        return { verb: 'update', changes: upserting(section, object), before, after: object };
      });
    });
  }

  /** @throws not_found, version_conflict, conflict with `usages` unless forced */
  async archive(write: CatalogWrite, key: string, ifVersion: number, force: boolean): Promise<Reply<CatalogObject>> {
    const { game, section } = write;
    return this.once(write, async () => {
      const usages = force ? [] : await this.reads.usages(game, section, key);
      return this.atOnce(write, { key, status: 200 }, async (tx) => {
        const before = await this.readAt(tx, write, key, ifVersion);
        if (usages.length > 0) throw fail('conflict', 'it is in use', { reason: 'in_use', usages });
        const changes = { upserts: {}, archives: { [section]: [key] } };
        return { verb: 'archive', changes, before, after: configurationOf(before) };
      });
    });
  }

  /** @throws not_found, version_conflict, config_invalid when what it refers to is gone */
  async unarchive(write: CatalogWrite, key: string, ifVersion: number): Promise<Reply<CatalogObject>> {
    return this.once(write, async () => {
      const foreign = await this.reads.foreignSections(write.game);
      return this.atOnce(write, { key, status: 200 }, async (tx) => {
        const before = await this.readAt(tx, write, key, ifVersion);
        const object = configurationOf(before);
        await this.check(tx, write, object, foreign);
        return { verb: 'unarchive', changes: upserting(write.section, object), before, after: object };
      });
    });
  }

  /** A repeat gets the recorded answer before anything is looked at: its effect may forbid it by now. */
  private async once(
    { game, idempotency }: CatalogWrite,
    work: () => Promise<Reply<CatalogObject>>,
  ): Promise<Reply<CatalogObject>> {
    if (!idempotency) return work();
    const [known] = await this.idempotency.lookup(this.database, [{ scope: scopeOf(game), idempotency }]);
    return known ? replayOf(known) : work();
  }

  /**
   * No other apply or write of the game is in between what `judge` reads and what is written. Change, audit entry and
   * recorded answer are one commit (04 §11).
   */
  private async atOnce(
    write: CatalogWrite,
    { key, status }: { key: string; status: 200 | 201 },
    judge: (tx: Tx) => Promise<Judged>,
  ): Promise<Reply<CatalogObject>> {
    const { operator, game, section, idempotency } = write;
    const apply = { game, applyId: uuidV7(this.clock.nowMs()), actor: `member:${operator.memberId}` };
    let answer: RecordedReply & { replayed: boolean } = { status, reply: '', replayed: false };
    const staged = await this.applies.atOnce(apply, async (tx: Tx) => {
      const twin = await this.idempotency.begin(tx, scopeOf(game), idempotency);
      if (twin) {
        answer = { ...twin, replayed: true };
        return nothingStaged;
      }
      const judged = await judge(tx);
      const told = await this.configuration.write(tx, game, judged.changes, [this.actFact(write, judged)]);
      answer = { status, reply: JSON.stringify(await this.reads.read(game, section, key, tx)), replayed: false };
      await this.idempotency.record(tx, scopeOf(game), idempotency, answer);
      return told;
    });
    this.catalogs.drop(game.gameId);
    await this.outbox.carry(staged);
    return reply(rawJson(answer.reply), { status: answer.status, replayed: answer.replayed });
  }

  private async readAt(
    tx: Tx,
    { game, section }: CatalogWrite,
    key: string,
    ifVersion: number,
  ): Promise<CatalogObject> {
    const object = await this.reads.read(game, section, key, tx);
    if (object.version === ifVersion) return object;
    throw fail('version_conflict', 'somebody changed it meanwhile', { currentVersion: object.version });
  }

  /**
   * As a document with this one change would be checked, against the catalog as this transaction sees it: of two writes
   * that only together make a circle the second is refused.
   */
  private async check(
    tx: Tx,
    { game, section }: CatalogWrite,
    object: CatalogConfiguration,
    foreign: Sections,
  ): Promise<void> {
    const whole = { ...foreign, ...(await this.configuration.export(game, tx)).sections };
    const others = (whole[section] as CatalogConfiguration[]).filter(({ key }) => key !== object.key);
    const desired = { ...whole, [section]: [...others, object] };
    const issues = await this.configuration.issuesOf(game, upserting(section, object), desired, tx);
    if (issues.length > 0) throw fail('config_invalid', 'the catalog cannot stand like this', { issues });
  }

  private actFact({ operator, game, section }: CatalogWrite, { verb, before, after }: Judged): NewFact {
    const now = this.clock.now();
    const noun = nounOf[section];
    const payload: OperatorAct = {
      ...actedBy(operator),
      auditId: uuidV7(now.getTime()),
      ...{ studioId: game.studioId, gameId: game.gameId, environment: null },
      action: `${noun}.${verb}`,
      target: { type: noun, id: after.key, label: after.key },
      ...{ reason: null, metadata: {}, before: before && { ...before }, after: { ...after } },
      actedAt: now.toISOString(),
    };
    return { type: operatorActed.economy, scope: game, aggregateId: payload.auditId, revision: 1, payload };
  }
}

/** The catalog exists once a game; keys of its writes are kept under `live`. */
function scopeOf(game: GameScope): Scope {
  return { ...game, environment: 'live' };
}

function replayOf({ status, reply: text }: RecordedReply): Reply<CatalogObject> {
  return reply(rawJson(text), { status, replayed: true });
}

function upserting(section: CatalogSection, object: CatalogConfiguration): SectionChanges {
  return { upserts: { [section]: [object] }, archives: {} };
}

function configurationOf({
  version: _version,
  archivedAt: _archivedAt,
  ...object
}: CatalogObject): CatalogConfiguration {
  return object;
}
