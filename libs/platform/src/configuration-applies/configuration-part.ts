import type { GameScope } from '@kraty/contracts/common';
import type {
  CheckConfiguration,
  ConfigurationWarning,
  ExportedSections,
  ProposedChanges,
  SectionChanges,
} from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import { fail } from '../errors/index.js';
import type { NewFact, Outbox } from '../facts/index.js';
import type { Tx } from '../persistence/index.js';
import type { ApplyRef } from './applies.store.js';
import type { ConfigurationApplies } from './configuration-applies.js';
import type { ConfigurationSaga } from './configuration-handler.js';

export interface Verdict {
  /** Why the changes cannot stand; empty when they can. */
  issues: Issue[];
  /** What is worth telling of changes that can. */
  warnings: ConfigurationWarning[];
}

/** A context's part of a game's configuration: the sections it owns, by document and one by one (04 §12). */
export abstract class ConfigurationPart implements ConfigurationSaga {
  protected constructor(
    private readonly applies: ConfigurationApplies,
    private readonly outbox: Outbox,
  ) {}

  abstract export(game: GameScope, tx?: Tx): Promise<ExportedSections>;

  abstract check(proposed: ProposedChanges, tx?: Tx): Promise<Verdict>;

  /** Writes checked changes; the facts they make are told with the commit. */
  abstract write(tx: Tx, game: GameScope, changes: SectionChanges): Promise<NewFact[]>;

  /** Drops what this process remembers of the game, after a commit. */
  forget(_game: GameScope): void {
    // An owner that reads its sections anew each time has nothing to drop.
  }

  /** @throws config_invalid, conflict (apply_running, apply_abandoned) */
  async prepare(configuration: CheckConfiguration & ApplyRef & { actor: string }): Promise<void> {
    const { issues } = await this.check(configuration);
    if (issues.length > 0) throw cannotStand(issues);
    await this.applies.prepare(configuration);
  }

  /** @throws not_found for an apply never prepared, conflict (apply_abandoned) */
  async commit(ref: ApplyRef): Promise<Record<string, never>> {
    const staged = await this.applies.commit(ref, async (tx, changes) =>
      this.outbox.stage(tx, await this.write(tx, ref.game, changes)),
    );
    this.forget(ref.game);
    await this.outbox.carry(staged);
    return {};
  }

  /** @throws conflict (apply_committed) */
  async abandon(ref: ApplyRef): Promise<void> {
    await this.applies.abandon(ref);
  }
}

export function cannotStand(issues: readonly Issue[]) {
  return fail('config_invalid', 'the configuration cannot stand like this', { issues });
}
