import { Injectable } from '@nestjs/common';
import type { Keyed, ProposedChanges, SectionChanges, Sections, Usage } from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import type { RewardObject, RewardSection } from '@kraty/contracts/grants';
import { ConfigurationApplies, SingleWrites, type ObjectWrite } from '@kraty/platform/configuration-applies';
import { Messenger } from '@kraty/platform/messaging';
import { OperatorWrites } from '@kraty/platform/operator-writes';
import type { Tx } from '@kraty/platform/persistence';
import { checkRewards } from '../configuration/check.js';
import { ConfigurationService } from '../configuration/configuration.service.js';
import { RewardReadsService, referringOwners } from './reward-reads.service.js';
import { usagesOf } from './usages.js';

export type RewardWrite = ObjectWrite<RewardSection>;

/** What audit rows call them. */
const nouns: Record<RewardSection, string> = { rewardBundles: 'reward_bundle', rewardTables: 'reward_table' };

/** Single bundles and tables, changed by operators (04 §7). */
@Injectable()
export class RewardWritesService extends SingleWrites<RewardSection, RewardObject> {
  constructor(
    writes: OperatorWrites,
    applies: ConfigurationApplies,
    messenger: Messenger,
    configuration: ConfigurationService,
    reads: RewardReadsService,
  ) {
    const owners = { referredTo: ['economy'], referring: referringOwners } as const;
    super({ writes, applies, messenger, configuration, reads, nouns, ...owners, usagesIn });
  }

  protected stated({ id: _id, revision: _r, version: _v, archivedAt: _a, ...object }: RewardObject): Keyed {
    return object;
  }

  /** Only what this change would make wrong: what stands wrong already is not its fault. */
  protected override async issuesOf(_tx: Tx, { changes, desired }: ProposedChanges, present: Sections) {
    const standing = new Set(issuesIn(present, { upserts: {}, archives: {} }).map(nameOf));
    const changed = Object.entries(changes.upserts).flatMap(([section, objects]) =>
      objects.map(({ key }) => `${section}[${key}]`),
    );
    return issuesIn(desired, changes).filter(
      (issue) => !standing.has(nameOf(issue)) || changed.some((path) => issue.path.startsWith(path)),
    );
  }
}

function usagesIn(sections: Sections, section: RewardSection, key: string): Usage[] {
  return usagesOf({ ...sections }, section, key);
}

function issuesIn(desired: Sections, changes: SectionChanges): Issue[] {
  const none = { rewardBundles: new Set<string>(), rewardTables: new Set<string>() };
  return checkRewards({ changes, desired }, none);
}

function nameOf({ path, code, message }: Issue): string {
  return `${path}\n${code}\n${message}`;
}
