import { Injectable } from '@nestjs/common';
import type { Grant } from '@kraty/contracts/grants';
import type { Fact } from '@kraty/contracts/messages';
import { isUuid } from '@kraty/platform/ids';
import { GrantCountsStore } from './grant-counts.store.js';

/** What an event pays: its completions, its milestones, and the close of its windows. */
const ofEvents: readonly string[] = ['event_completion', 'event_milestone', 'event_window'];

/** Counts what events have paid. */
@Injectable()
export class GrantCounts {
  constructor(private readonly store: GrantCountsStore) {}

  async count(facts: readonly Fact<{ grant: Grant }>[]): Promise<void> {
    const counted = facts.flatMap(({ id, scope, payload: { grant } }) => {
      const { sourceKind, sourceRefId } = grant;
      const isOurs = ofEvents.includes(sourceKind) && sourceRefId !== null && isUuid(sourceRefId);
      return isOurs && scope.environment ? [{ factId: id, sourceRefId, environment: scope.environment }] : [];
    });
    if (counted.length > 0) await this.store.add(counted);
  }
}
