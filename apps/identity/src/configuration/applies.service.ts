import { Injectable } from '@nestjs/common';
import {
  actedBy,
  type ApplyConfiguration,
  type AuditDifference,
  type ConfigurationPlan,
} from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { busy, fail } from '@kraty/platform/errors';
import { uuidV7 } from '@kraty/platform/ids';
import { Logger } from '@kraty/platform/logging';
import type { AuditEntry } from '../audit/audit-log.service.js';
import { AccessService } from '../members/access.service.js';
import { AppliesStore, type ApplyRow, type Lease } from './applies.store.js';
import { ApplySaga, leaseMs } from './apply-saga.service.js';
import { checkOf, Owners } from './owners.service.js';
import { ownersConcerned } from './plan.js';
import { PlanningService, type Planned } from './planning.service.js';

/** Applies documents: checks, records the saga, and walks it (README §4). */
@Injectable()
export class AppliesService {
  constructor(
    private readonly planning: PlanningService,
    private readonly applies: AppliesStore,
    private readonly saga: ApplySaga,
    private readonly owners: Owners,
    private readonly access: AccessService,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** @throws validation_failed, config_invalid, version_conflict, conflict apply_running, 503 while an owner is away */
  async apply(call: ApplyConfiguration): Promise<ConfigurationPlan & { auditId: string }> {
    await this.access.require(call.operator, 'config.apply', call);
    const planned = await this.planning.prepare(call, 'body.document');
    refuseErrors(planned.plan);
    refuseStalePlan(call.planHash, planned.plan);
    const apply = this.newApply(call, planned);
    const lease: Lease = { owner: uuidV7(this.clock.nowMs()), until: new Date(this.clock.nowMs() + leaseMs) };
    await this.applies.insert(apply, lease, this.clock.now());
    await this.prepareOwners(apply, lease, planned, call.operator.memberId);
    if (!(await this.saga.decide(apply, lease))) throw busy();
    const { game, warnings } = await this.complete(apply, lease);
    const reply = { ...planned.plan, warnings: [...planned.plan.warnings, ...warnings] };
    return { ...reply, configVersion: game.configurationVersion, auditId: apply.audit.id! };
  }

  /** Whoever refuses ends the apply for all. */
  private async prepareOwners(apply: ApplyRow, lease: Lease, planned: Planned, memberId: string): Promise<void> {
    const { game, comparison, settings } = planned;
    const actor = `member:${memberId}`;
    try {
      for (const owner of apply.owners) {
        await this.owners.prepare(owner, { ...checkOf(game, owner, comparison, settings), applyId: apply.id, actor });
      }
    } catch (error) {
      await this.saga.abandon(apply, lease).catch((undone: unknown) => this.leaveToReaper(apply, lease, undone));
      throw error;
    }
  }

  /** From here on nothing is undone: what fails is finished by the reaper, and the caller may come again. */
  private async complete(apply: ApplyRow, lease: Lease) {
    try {
      return await this.saga.complete({ ...apply, state: 'committing' });
    } catch (error) {
      await this.leaveToReaper(apply, lease, error);
      throw busy('busy', error);
    }
  }

  private async leaveToReaper(apply: ApplyRow, lease: Lease, error: unknown): Promise<void> {
    this.logger.warn({ err: error, applyId: apply.id }, 'an apply is left to the reaper');
    const now = this.clock.now();
    // Should this fail, too, the lease runs out by itself.
    await this.applies.release(apply.id, lease.owner, now, String(error), now).catch(() => undefined);
  }

  private newApply(call: ApplyConfiguration, { game, plan, comparison }: Planned): ApplyRow {
    const id = uuidV7(this.clock.nowMs());
    const { creates, updates, archives, unchanged, planHash } = plan;
    const { mode } = call;
    const audit: AuditEntry = {
      ...actedBy(call.operator),
      id: uuidV7(this.clock.nowMs()),
      ...game,
      action: 'config.apply',
      target: { type: 'configuration', id, label: null },
      reason: call.reason.trim(),
      metadata: { mode, planHash, creates, archives, updates: updates.map(({ ref }) => ref), unchanged },
      before: null,
      after: null,
      diff: updates.flatMap(differencesOf),
    };
    const owners = ownersConcerned(comparison);
    return { id, game, state: 'preparing', owners, settings: comparison.settings, audit, attempts: 0 };
  }
}

/** What changed in one object, as paths in the document. */
function differencesOf({ ref, diff }: ConfigurationPlan['updates'][number]): AuditDifference[] {
  return diff.map((change) => ({ ...change, path: `/${ref.section}/${ref.key}${change.path}` }));
}

function refuseErrors({ errors }: ConfigurationPlan): void {
  const [first] = errors;
  if (!first) return;
  const issues = errors.map(({ path, code, message }) => ({ path: `body.document.${path}`, code, message }));
  throw fail('config_invalid', `${first.path}: ${first.message}`, { issues });
}

function refuseStalePlan(expected: string | null, { planHash, configVersion }: ConfigurationPlan): void {
  if (expected === null || expected === planHash) return;
  throw fail('version_conflict', 'the plan is no longer the same', { currentVersion: configVersion, planHash });
}
