import { Controller } from '@nestjs/common';
import { describeListStream, type DescribedList, type NamedList } from '@kraty/contracts/leaderboards';
import { HandleRequest } from '@kraty/platform/messaging';
import { RankedListFinder } from '../administration/ranked-list-finder.service.js';
import { ListChanges } from './list-changes.service.js';

@Controller()
export class ListStreamsHandler {
  constructor(
    private readonly finder: RankedListFinder,
    private readonly changes: ListChanges,
  ) {}

  @HandleRequest(describeListStream)
  async describe(named: NamedList): Promise<DescribedList> {
    const { leaderboardId: listId, definitionId, opensAt, finalizedAt } = await this.finder.find(named);
    if (finalizedAt === null) this.changes.watch(listId);
    const period = definitionId === null ? null : opensAt.toISOString();
    return { listId, period, finalized: finalizedAt !== null };
  }
}
