import type { GameScope, Idempotency } from '@kraty/contracts/common';
import type {
  Keyed,
  ProposedChanges,
  SectionChanges,
  SectionName,
  Sections,
  Usage,
} from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import type { Operator } from '@kraty/contracts/identity';
import { fail } from '../errors/index.js';
import type { Messenger, Reply } from '../messaging/index.js';
import type { OperatorWrites, Written } from '../operator-writes/index.js';
import type { Tx } from '../persistence/index.js';
import type { ConfigurationApplies } from './configuration-applies.js';
import { cannotStand, type ConfigurationPart } from './configuration-part.js';
import { foreignSections, type SectionOwner } from './foreign-sections.js';

/** Which game's section, and who changes it. */
export interface ObjectWrite<S extends SectionName> {
  operator: Operator;
  game: GameScope;
  section: S;
  idempotency: Idempotency | null;
}

/** An object as operators see it: what a document says of it, and how it stands. */
export interface KeptObject extends Keyed {
  id?: string;
  version: number;
  archivedAt: string | null;
}

export interface ObjectReads<S extends SectionName, O extends KeptObject> {
  /** By key, or by id where objects have one. */
  find(game: GameScope, section: S, id: string, tx?: Tx): Promise<O | null>;
  /** @throws not_found */
  read(game: GameScope, section: S, id: string, tx?: Tx): Promise<O>;
}

/** What single writes stand on. */
export interface SingleWritesGround<S extends SectionName, O extends KeptObject> {
  writes: OperatorWrites;
  applies: ConfigurationApplies;
  messenger: Messenger;
  configuration: ConfigurationPart;
  reads: ObjectReads<S, O>;
  /** What audit rows call an object of the section. */
  nouns: Readonly<Record<S, string>>;
  /** Contexts to whose sections objects may refer. */
  referredTo: readonly SectionOwner[];
  /** Contexts whose sections may refer to objects. */
  referring: readonly SectionOwner[];
  /** Where a configuration refers to an object of the section, for owners that refuse to archive what is in use. */
  usagesIn?: (sections: Sections, section: S, key: string) => Usage[];
}

interface Judged<O> {
  verb: 'create' | 'update' | 'archive' | 'unarchive';
  changes: SectionChanges;
  before: O | null;
  key: string;
}

/**
 * Single objects of an owner's sections, changed by operators (04 §§6, 7) by the rules of every document. Each is
 * judged against the game as its own transaction sees it, and no other apply or write of the game comes between: of
 * two that only together make a circle the second is refused.
 */
export abstract class SingleWrites<S extends SectionName, O extends KeptObject> {
  protected constructor(private readonly ground: SingleWritesGround<S, O>) {}

  /** What a document says of the object. */
  protected abstract stated(object: O): Keyed;

  /** @throws config_invalid, conflict (key_taken, apply_running) */
  async create(write: ObjectWrite<S>, object: Keyed): Promise<Reply<O>> {
    const { game, section } = write;
    const { key } = object;
    return this.perform(write, this.ground.referredTo, async (tx, foreign) => {
      const known = await this.ground.reads.find(game, section, key, tx);
      if (known) throw fail('conflict', `the key ${key} is taken`, { reason: 'key_taken', key });
      await this.check(tx, write, object, foreign);
      return { verb: 'create', changes: upserting(section, object), before: null, key };
    });
  }

  /** @throws config_invalid, not_found, version_conflict, conflict (key_immutable, apply_running) */
  async replace(write: ObjectWrite<S>, id: string, ifVersion: number, object: Keyed): Promise<Reply<O>> {
    const { key } = object;
    return this.perform(write, this.ground.referredTo, async (tx, foreign) => {
      const before = await this.readAt(tx, write, id, ifVersion);
      if (before.key !== key) throw fail('conflict', 'a key never changes', { reason: 'key_immutable' });
      await this.check(tx, write, object, foreign);
      return { verb: 'update', changes: upserting(write.section, object), before, key };
    });
  }

  /** @throws not_found, version_conflict, conflict (apply_running), conflict with `usages` unless forced */
  async archive(write: ObjectWrite<S>, id: string, ifVersion: number, force: boolean): Promise<Reply<O>> {
    const { section } = write;
    const { referring, usagesIn } = this.ground;
    const asked = force ? undefined : usagesIn;
    return this.perform(write, asked ? referring : [], async (tx, foreign) => {
      const before = await this.readAt(tx, write, id, ifVersion);
      const { key } = before;
      const usages = asked ? asked(await this.whole(tx, write, foreign), section, key) : [];
      if (usages.length > 0) throw fail('conflict', 'it is in use', { reason: 'in_use', usages });
      return { verb: 'archive', changes: { upserts: {}, archives: { [section]: [key] } }, before, key };
    });
  }

  /** @throws not_found, version_conflict, conflict (apply_running), config_invalid when what it refers to is gone */
  async unarchive(write: ObjectWrite<S>, id: string, ifVersion: number): Promise<Reply<O>> {
    return this.perform(write, this.ground.referredTo, async (tx, foreign) => {
      const before = await this.readAt(tx, write, id, ifVersion);
      const object = this.stated(before);
      await this.check(tx, write, object, foreign);
      return { verb: 'unarchive', changes: upserting(write.section, object), before, key: before.key };
    });
  }

  /** What speaks against the change; `present` is the game without it. */
  protected async issuesOf(tx: Tx, proposed: ProposedChanges, _present: Sections): Promise<Issue[]> {
    return (await this.ground.configuration.check(proposed, tx)).issues;
  }

  /** Others are asked before the transaction, so that none is held open for them. */
  private async perform(
    write: ObjectWrite<S>,
    owners: readonly SectionOwner[],
    judge: (tx: Tx, foreign: Sections) => Promise<Judged<O>>,
  ): Promise<Reply<O>> {
    const { messenger, writes, configuration } = this.ground;
    const answered = await writes.runWith<O, Sections>(
      write,
      () => foreignSections(messenger, owners, write.game),
      (tx, foreign, auditId) => this.writeIn(tx, auditId, write, () => judge(tx, foreign)),
    );
    configuration.forget(write.game);
    return answered;
  }

  private async writeIn(
    tx: Tx,
    auditId: string,
    { game, section, operator }: ObjectWrite<S>,
    judge: () => Promise<Judged<O>>,
  ): Promise<Written> {
    const { applies, configuration, reads, nouns } = this.ground;
    await applies.atOnce(tx, { game, applyId: auditId, actor: `member:${operator.memberId}` });
    const { verb, changes, before, key } = await judge();
    const facts = await configuration.write(tx, game, changes);
    const answer = await reads.read(game, section, key, tx);
    const noun = nouns[section];
    const act = {
      action: `${noun}.${verb}`,
      target: { type: noun, id: before?.id ?? key, label: key },
      // What a document says, and nothing of versions: an edit that leaves that as it was has changed nothing.
      before: before && { ...this.stated(before) },
      after: { ...this.stated(answer) },
    };
    return { answer, status: verb === 'create' ? 201 : 200, facts, act };
  }

  private async readAt(tx: Tx, { game, section }: ObjectWrite<S>, id: string, ifVersion: number): Promise<O> {
    const object = await this.ground.reads.read(game, section, id, tx);
    if (object.version === ifVersion) return object;
    throw fail('version_conflict', 'somebody changed it meanwhile', { currentVersion: object.version });
  }

  /** As a document with this one change would be checked. */
  private async check(tx: Tx, write: ObjectWrite<S>, object: Keyed, foreign: Sections): Promise<void> {
    const { game, section } = write;
    const present = await this.whole(tx, write, foreign);
    const others = (present[section] as Keyed[]).filter(({ key }) => key !== object.key);
    const desired = { ...present, [section]: [...others, object] };
    const issues = await this.issuesOf(tx, { game, changes: upserting(section, object), desired }, present);
    if (issues.length > 0) throw cannotStand(issues);
  }

  private async whole(tx: Tx, { game }: ObjectWrite<S>, foreign: Sections): Promise<Sections> {
    return { ...foreign, ...(await this.ground.configuration.export(game, tx)).sections };
  }
}

function upserting(section: SectionName, object: Keyed): SectionChanges {
  return { upserts: { [section]: [object] }, archives: {} };
}
