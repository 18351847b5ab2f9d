import { Injectable } from '@nestjs/common';
import type { SectionChanges } from '@kraty/contracts/configuration';
import { Clock } from '../clock/index.js';
import { fail } from '../errors/index.js';
import type { Staged } from '../facts/index.js';
import { Database, type Tx } from '../persistence/index.js';
import { AppliesStore, isApplyRunning, type ApplyRef } from './applies.store.js';

const nothingStaged: Staged = { envelopes: [] };

/** Writes the changes in the transaction that decides the apply, and stages what it tells. */
export type WriteChanges = (tx: Tx, changes: SectionChanges, actor: string | null) => Promise<Staged>;

/**
 * An owner's part of the configuration saga (README §4): prepared durably, then committed or abandoned once and for
 * ever. Every step may be repeated, and may arrive late. The service's schema holds the table `configuration_apply`.
 */
@Injectable()
export class ConfigurationApplies {
  private readonly store = new AppliesStore();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Durable when it answers; one apply a game at a time.
   *
   * @throws conflict (apply_running, apply_abandoned)
   */
  async prepare(apply: ApplyRef & { actor: string; changes: SectionChanges }): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.store.prepare(tx, apply, this.clock.now()).catch(refuseSecondApply);
      const known = await this.store.lock(tx, apply);
      if (known?.state === 'abandoned') throw abandoned();
    });
  }

  /**
   * A change of one owner alone, prepared and committed in the transaction that makes it. While that runs no other
   * apply of the game can be prepared, so whatever it reads stays as it is.
   *
   * @throws conflict (apply_running)
   */
  async atOnce(tx: Tx, apply: ApplyRef & { actor: string }): Promise<void> {
    const noChanges = { upserts: {}, archives: {} };
    await this.store.prepare(tx, { ...apply, changes: noChanges }, this.clock.now()).catch(refuseSecondApply);
    await this.store.decide(tx, apply, 'committed', this.clock.now());
  }

  /** @throws not_found for an apply never prepared, conflict (apply_abandoned) */
  async commit(ref: ApplyRef, write: WriteChanges): Promise<Staged> {
    return this.database.transaction(async (tx) => {
      const apply = await this.store.lock(tx, ref);
      if (!apply) throw fail('not_found', 'there is no such apply', { resource: ref.applyId });
      if (apply.state === 'abandoned') throw abandoned();
      if (apply.state === 'committed') return nothingStaged;
      await this.store.decide(tx, ref, 'committed', this.clock.now());
      return write(tx, apply.changes, apply.actor);
    });
  }

  /** @throws conflict (apply_committed) */
  async abandon(ref: ApplyRef): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.store.rememberAbandoned(tx, ref, this.clock.now());
      const apply = await this.store.lock(tx, ref);
      if (apply?.state === 'committed') throw fail('conflict', 'the apply is done', { reason: 'apply_committed' });
      if (apply?.state === 'prepared') await this.store.decide(tx, ref, 'abandoned', this.clock.now());
    });
  }
}

function refuseSecondApply(error: unknown): never {
  if (isApplyRunning(error))
    throw fail('conflict', 'another apply of the game is running', { reason: 'apply_running' });
  throw error;
}

function abandoned() {
  return fail('conflict', 'the apply was called off', { reason: 'apply_abandoned' });
}
