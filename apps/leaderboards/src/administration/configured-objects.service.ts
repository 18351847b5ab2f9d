import { Injectable } from '@nestjs/common';
import type { Keyed, ProposedChanges, Sections } from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import type { ConfiguredObject, ConfiguredSection } from '@kraty/contracts/leaderboards';
import { ConfigurationApplies, SingleWrites } from '@kraty/platform/configuration-applies';
import { fail } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import { OperatorWrites } from '@kraty/platform/operator-writes';
import type { Tx } from '@kraty/platform/persistence';
import { ConfigurationService } from '../configuration/configuration.service.js';
import { statedOf } from './configured-body.js';
import { ConfiguredReads } from './configured-reads.service.js';

/** What audit rows call them. */
const nouns: Record<ConfiguredSection, string> = {
  leaderboards: 'leaderboard',
  bots: 'bot',
  identityPools: 'identity_pool',
};

/** Boards, bots and identity pools changed one by one (04 §6). Boards refer to progressions of the economy. */
@Injectable()
export class ConfiguredObjects extends SingleWrites<ConfiguredSection, ConfiguredObject> {
  constructor(
    writes: OperatorWrites,
    applies: ConfigurationApplies,
    messenger: Messenger,
    private readonly configuration: ConfigurationService,
    reads: ConfiguredReads,
  ) {
    super({ writes, applies, messenger, configuration, reads, nouns, referredTo: ['economy'], referring: [] });
  }

  protected stated(object: ConfiguredObject): Keyed {
    return statedOf(object);
  }

  /** @throws conflict (board_has_scores) */
  protected override async issuesOf(tx: Tx, proposed: ProposedChanges, present: Sections): Promise<Issue[]> {
    const issues = await this.configuration.frozen(proposed, tx);
    if (issues.length > 0) throw fail('conflict', 'the board has scores', { reason: 'board_has_scores', issues });
    return super.issuesOf(tx, proposed, present);
  }
}
