import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type { SectionChanges, Sections } from '@kraty/contracts/configuration';
import type { CatalogObject, CatalogSection } from '@kraty/contracts/economy';
import { actedBy, operatorActed, type Operator, type OperatorAct } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { ConfigurationApplies } from '@kraty/platform/configuration-applies';
import { fail } from '@kraty/platform/errors';
import { Outbox, type NewFact } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import type { Tx } from '@kraty/platform/persistence';
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
}

interface Judged {
  verb: 'create' | 'update' | 'archive' | 'unarchive';
  changes: SectionChanges;
  before: CatalogObject | null;
  after: CatalogConfiguration;
}

/** Single objects of the catalog, changed by operators (04 §7): by the rules of every document. */
@Injectable()
export class CatalogWritesService {
  constructor(
    private readonly applies: ConfigurationApplies,
    private readonly reads: CatalogReadsService,
    private readonly configuration: ConfigurationService,
    private readonly catalogs: CatalogService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** @throws validation_failed, config_invalid, conflict (key_taken, apply_running) */
  async create(write: CatalogWrite, raw: unknown): Promise<CatalogObject> {
    const { game, section } = write;
    const object = catalogConfiguration(section, raw);
    const { key } = object;
    await this.check(write, object);
    return this.atOnce(write, key, async () => {
      const known = await this.reads.find(game, section, key);
      if (known) throw fail('conflict', `the key ${key} is taken`, { reason: 'key_taken', key });
      return { verb: 'create', changes: upserting(section, object), before: null, after: object };
    });
  }

  /** @throws validation_failed, config_invalid, not_found, version_conflict, conflict (key_immutable, apply_running) */
  async replace(write: CatalogWrite, key: string, ifVersion: number, raw: unknown): Promise<CatalogObject> {
    const { section } = write;
    const object = catalogConfiguration(section, raw);
    if (object.key !== key) throw fail('conflict', 'a key never changes', { reason: 'key_immutable' });
    await this.readAt(write, key, ifVersion);
    await this.check(write, object);
    return this.atOnce(write, key, async () => {
      const before = await this.readAt(write, key, ifVersion);
      return { verb: 'update', changes: upserting(section, object), before, after: object };
    });
  }

  /** @throws not_found, version_conflict, conflict with `usages` unless forced */
  async archive(write: CatalogWrite, key: string, ifVersion: number, force: boolean): Promise<CatalogObject> {
    const { game, section } = write;
    const usages = force ? [] : await this.reads.usages(game, section, key);
    return this.atOnce(write, key, async () => {
      const before = await this.readAt(write, key, ifVersion);
      if (usages.length > 0) throw fail('conflict', 'it is in use', { reason: 'in_use', usages });
      const changes = { upserts: {}, archives: { [section]: [key] } };
      return { verb: 'archive', changes, before, after: configurationOf(before) };
    });
  }

  /** @throws not_found, version_conflict, config_invalid when what it refers to is gone */
  async unarchive(write: CatalogWrite, key: string, ifVersion: number): Promise<CatalogObject> {
    const object = configurationOf(await this.readAt(write, key, ifVersion));
    await this.check(write, object);
    return this.atOnce(write, key, async () => {
      const before = await this.readAt(write, key, ifVersion);
      return { verb: 'unarchive', changes: upserting(write.section, object), before, after: object };
    });
  }

  /** No other apply or write of the game is in between what `judge` reads and what is written. */
  private async atOnce(write: CatalogWrite, key: string, judge: () => Promise<Judged>): Promise<CatalogObject> {
    const { operator, game, section } = write;
    const apply = { game, applyId: uuidV7(this.clock.nowMs()), actor: `member:${operator.memberId}` };
    const staged = await this.applies.atOnce(apply, async (tx: Tx) => {
      const judged = await judge();
      return this.configuration.write(tx, game, judged.changes, [this.actFact(write, judged)]);
    });
    this.catalogs.drop(game.gameId);
    await this.outbox.carry(staged);
    return this.reads.read(game, section, key);
  }

  private async readAt({ game, section }: CatalogWrite, key: string, ifVersion: number): Promise<CatalogObject> {
    const object = await this.reads.read(game, section, key);
    if (object.version === ifVersion) return object;
    throw fail('version_conflict', 'somebody changed it meanwhile', { currentVersion: object.version });
  }

  /** As a document with this one change would be checked. */
  private async check({ game, section }: CatalogWrite, object: CatalogConfiguration): Promise<void> {
    const whole = await this.reads.wholeGame(game);
    const others = (whole[section] as CatalogConfiguration[]).filter(({ key }) => key !== object.key);
    const desired = { ...whole, [section]: [...others, object] } as Sections;
    const issues = await this.configuration.issuesOf(game, upserting(section, object), desired);
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
