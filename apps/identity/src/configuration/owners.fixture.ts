import { Controller, Module } from '@nestjs/common';
import {
  configurationRoutes,
  sectionOwners,
  type CheckConfiguration,
  type ConfigurationWarning,
  type SectionChanges,
  type SectionName,
} from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import { defineService, startService, type RunningService } from '@kraty/platform/bootstrap';
import { ProcessConfiguration } from '@kraty/platform/configuration';
import { fail } from '@kraty/platform/errors';
import { HandleRequest } from '@kraty/platform/messaging';
import type { Ground } from '@kraty/testing/harness';
import { owners, type Owner } from './plan.js';

interface Keyed {
  key: string;
}

/** An owner of sections that keeps them in memory and behaves as the contract says. */
export class FakeOwner {
  sections = new Map<SectionName, Map<string, Keyed>>();
  prepared = new Map<string, SectionChanges>();
  committed: string[] = [];
  abandoned = new Set<string>();
  issues: Issue[] = [];
  warnings: ConfigurationWarning[] = [];
  /** What commits warn of. */
  late: ConfigurationWarning[] = [];
  runningWindows: Record<string, string> = {};
  refusesPrepare = false;

  constructor(readonly context: Owner) {
    this.reset();
  }

  reset(): void {
    const names = (Object.keys(sectionOwners) as SectionName[]).filter((name) => sectionOwners[name] === this.context);
    this.sections = new Map(names.map((name) => [name, new Map()]));
    this.prepared.clear();
    this.committed = [];
    this.abandoned.clear();
    this.issues = [];
    this.warnings = [];
    this.late = [];
    this.runningWindows = {};
    this.refusesPrepare = false;
  }

  keys(section: SectionName): string[] {
    return [...this.sections.get(section)!.keys()].sort();
  }

  export() {
    const sections = [...this.sections].map(([name, rows]) => {
      return [name, [...rows.values()].sort((a, b) => (a.key < b.key ? -1 : 1))];
    });
    const { runningWindows } = this;
    return { sections: Object.fromEntries(sections) as object, archivedKeys: {}, runningWindows };
  }

  prepare({ applyId, changes }: CheckConfiguration & { applyId: string }): void {
    const clash = [...this.prepared.keys()].some((other) => other !== applyId);
    if (this.refusesPrepare || clash) throw fail('conflict', 'another apply is running', { reason: 'apply_running' });
    if (this.abandoned.has(applyId)) throw fail('conflict', 'called off', { reason: 'apply_abandoned' });
    if (!this.committed.includes(applyId)) this.prepared.set(applyId, changes);
  }

  commit(applyId: string): void {
    if (this.committed.includes(applyId)) return;
    const changes = this.prepared.get(applyId);
    if (!changes) throw fail('not_found', 'never prepared');
    this.prepared.delete(applyId);
    this.committed.push(applyId);
    for (const [name, rows] of this.sections) {
      for (const row of (changes.upserts[name] ?? []) as Keyed[]) rows.set(row.key, row);
      for (const key of changes.archives[name] ?? []) rows.delete(key);
    }
  }

  abandon(applyId: string): void {
    this.prepared.delete(applyId);
    this.abandoned.add(applyId);
  }
}

/** The owners as services on the ground's NATS. */
export class FakeOwners {
  private constructor(
    readonly economy: FakeOwner,
    readonly grants: FakeOwner,
    readonly leaderboards: FakeOwner,
    readonly events: FakeOwner,
    private readonly running: RunningService[],
  ) {}

  static async start(ground: Ground): Promise<FakeOwners> {
    const fakes = owners.map((owner) => new FakeOwner(owner)) as [FakeOwner, FakeOwner, FakeOwner, FakeOwner];
    const environment = { NATS_URL: ground.natsUrl, LOG_LEVEL: 'warn' };
    const running = await Promise.all(fakes.map((fake) => startService(serviceOf(fake), { environment })));
    return new FakeOwners(...fakes, running);
  }

  get all(): FakeOwner[] {
    return [this.economy, this.grants, this.leaderboards, this.events];
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map((service) => service.stop()));
  }
}

function serviceOf(fake: FakeOwner) {
  const routes = configurationRoutes(fake.context);

  @Controller()
  class Handler {
    @HandleRequest(routes.export)
    export() {
      return fake.export();
    }

    @HandleRequest(routes.check)
    check() {
      return { issues: fake.issues, warnings: fake.warnings };
    }

    @HandleRequest(routes.prepare)
    prepare(step: CheckConfiguration & { applyId: string }) {
      fake.prepare(step);
      return {};
    }

    @HandleRequest(routes.commit)
    commit({ applyId }: { applyId: string }) {
      fake.commit(applyId);
      return { warnings: fake.late };
    }

    @HandleRequest(routes.abandon)
    abandon({ applyId }: { applyId: string }) {
      fake.abandon(applyId);
      return {};
    }
  }

  @Module({ controllers: [Handler] })
  class FakeModule {}

  return defineService({ name: fake.context, module: FakeModule, configuration: ProcessConfiguration });
}
