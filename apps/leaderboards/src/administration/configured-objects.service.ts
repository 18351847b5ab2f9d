import { Injectable } from '@nestjs/common';
import type { GameScope, Idempotency, Scope } from '@kraty/contracts/common';
import { configurationRoutes, emptySections, type SectionChanges, type Sections } from '@kraty/contracts/configuration';
import type { ConfiguredObject, ConfiguredSection } from '@kraty/contracts/leaderboards';
import { actedBy, operatorActed, type GameSettings, type Operator, type OperatorAct } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import type { NewFact } from '@kraty/platform/facts';
import { IdempotencyStore } from '@kraty/platform/idempotency';
import { uuidV7 } from '@kraty/platform/ids';
import { Messenger, rawJson, reply, type Reply } from '@kraty/platform/messaging';
import type { Tx } from '@kraty/platform/persistence';
import { ConfigurationService } from '../configuration/configuration.service.js';
import type { Keyed } from './configured-body.js';
import { ConfiguredReads } from './configured-reads.service.js';

const economy = configurationRoutes('economy');
/** What audit rows call them. */
const nouns: Record<ConfiguredSection, string> = {
  leaderboards: 'leaderboard',
  bots: 'bot',
  identityPools: 'identity_pool',
};

export interface ObjectWrite {
  operator: Operator;
  game: GameScope;
  section: ConfiguredSection;
  idempotency: Idempotency | null;
}

interface Change {
  changes: SectionChanges;
  verb: 'create' | 'update' | 'archive';
  before: ConfiguredObject | null;
  after: Keyed;
}

/** Boards, bots and identity pools changed one by one (04 §6), by the rules of every document. */
@Injectable()
export class ConfiguredObjects {
  constructor(
    private readonly reads: ConfiguredReads,
    private readonly configuration: ConfigurationService,
    private readonly idempotency: IdempotencyStore,
    private readonly messenger: Messenger,
    private readonly clock: Clock,
  ) {}

  /** @throws config_invalid, conflict (key_taken, apply_running) */
  async create(write: ObjectWrite, object: Keyed): Promise<Reply<ConfiguredObject>> {
    const { game, section } = write;
    const catalog = await this.catalog(game);
    return this.perform(write, 201, async (tx) => {
      const known = await this.reads.find(game, section, object.key, tx);
      if (known) throw fail('conflict', `the key ${object.key} is taken`, { reason: 'key_taken', key: object.key });
      await this.check(tx, write, object, catalog);
      return { changes: upserting(section, object), verb: 'create', before: null, after: object };
    });
  }

  /** @throws config_invalid, not_found, version_conflict, conflict (key_immutable, board_has_scores, apply_running) */
  async replace(write: ObjectWrite, id: string, ifVersion: number, object: Keyed): Promise<Reply<ConfiguredObject>> {
    const { game, section } = write;
    const catalog = await this.catalog(game);
    return this.perform(write, 200, async (tx) => {
      const before = await this.readAt(tx, write, id, ifVersion);
      if (before.key !== object.key) throw fail('conflict', 'a key never changes', { reason: 'key_immutable' });
      await this.check(tx, write, object, catalog);
      return { changes: upserting(section, object), verb: 'update', before, after: object };
    });
  }

  /** @throws not_found, version_conflict, conflict (apply_running) */
  async archive(write: ObjectWrite, id: string, ifVersion: number): Promise<Reply<ConfiguredObject>> {
    return this.perform(write, 200, async (tx) => {
      const before = await this.readAt(tx, write, id, ifVersion);
      const changes = { upserts: {}, archives: { [write.section]: [before.key] } };
      return { changes, verb: 'archive', before, after: before };
    });
  }

  /** Change, audit entry and recorded reply are one commit (04 §11); what `judge` reads stays until then. */
  private async perform(
    { operator, game, section, idempotency }: ObjectWrite,
    status: 200 | 201,
    judge: (tx: Tx) => Promise<Change>,
  ): Promise<Reply<ConfiguredObject>> {
    const apply = { game, applyId: uuidV7(this.clock.nowMs()), actor: `member:${operator.memberId}` };
    // Definitions exist once a game; keys of their writes are kept under `live`.
    const scope: Scope = { ...game, environment: 'live' };
    return this.configuration.atOnce(apply, async (tx, write) => {
      const known = await this.idempotency.begin(tx, scope, idempotency);
      if (known) return reply(rawJson(known.reply), { status: known.status, replayed: true });
      const change = await judge(tx);
      await write(change.changes, [this.act(operator, game, section, change)]);
      const text = JSON.stringify(await this.reads.read(game, section, change.after.key, tx));
      await this.idempotency.record(tx, scope, idempotency, { status, reply: text });
      return reply(rawJson(text), { status });
    });
  }

  private async readAt(
    tx: Tx,
    { game, section }: ObjectWrite,
    id: string,
    ifVersion: number,
  ): Promise<ConfiguredObject> {
    const object = await this.reads.read(game, section, id, tx);
    if (object.version === ifVersion) return object;
    throw fail('version_conflict', 'somebody changed it meanwhile', { currentVersion: object.version });
  }

  /** Sections of the economy: boards refer to its progressions. @throws 503 while it is away */
  private async catalog(game: GameScope): Promise<Partial<Sections>> {
    return (await this.messenger.request(economy.export, { game })).sections;
  }

  /** As a document with this one change would be checked, against the game as this transaction sees it. */
  private async check(
    tx: Tx,
    { game, section }: ObjectWrite,
    object: Keyed,
    catalog: Partial<Sections>,
  ): Promise<void> {
    const { sections: own } = await this.configuration.export(game, tx);
    const before = { ...emptySections(), ...catalog, ...own };
    const others = (before[section] as Keyed[]).filter(({ key }) => key !== object.key);
    const desired = { ...before, [section]: [...others, object] };
    const change = { game, changes: upserting(section, object), desired, settings: {} as GameSettings };
    const frozen = await this.configuration.frozen(change, tx);
    if (frozen.length > 0) {
      throw fail('conflict', 'the board has scores', { reason: 'board_has_scores', issues: frozen });
    }
    const issues = await this.configuration.check(change, tx);
    if (issues.length > 0) throw fail('config_invalid', 'it cannot stand like this', { issues });
  }

  private act(
    operator: Operator,
    game: GameScope,
    section: ConfiguredSection,
    { verb, before, after }: Change,
  ): NewFact {
    const now = this.clock.now();
    const payload: OperatorAct = {
      ...actedBy(operator),
      auditId: uuidV7(now.getTime()),
      ...{ studioId: game.studioId, gameId: game.gameId, environment: null },
      action: `${nouns[section]}.${verb}`,
      target: { type: nouns[section], id: before?.id ?? after.key, label: after.key },
      ...{ reason: null, metadata: {}, before: before && { ...before }, after: { ...after } },
      actedAt: now.toISOString(),
    };
    const { studioId, gameId } = game;
    const type = operatorActed.leaderboards;
    return { type, scope: { studioId, gameId }, aggregateId: payload.auditId, revision: 1, payload };
  }
}

function upserting(section: ConfiguredSection, object: Keyed): SectionChanges {
  return { upserts: { [section]: [object] }, archives: {} };
}
