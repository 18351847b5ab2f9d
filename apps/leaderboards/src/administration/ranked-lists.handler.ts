import { Controller } from '@nestjs/common';
import type { Operator } from '@kraty/contracts/identity';
import {
  listRankedLists,
  readScoreDistribution,
  rebuildRankedList,
  type ListRankedLists,
  type NamedList,
} from '@kraty/contracts/leaderboards';
import { HandleRequest } from '@kraty/platform/messaging';
import { RankedLists } from './ranked-lists.service.js';

@Controller()
export class RankedListsHandler {
  constructor(private readonly lists: RankedLists) {}

  @HandleRequest(listRankedLists)
  list(asked: ListRankedLists) {
    return this.lists.list(asked);
  }

  @HandleRequest(readScoreDistribution)
  distribution(asked: NamedList & { buckets: number }) {
    return this.lists.distribution(asked, asked.buckets);
  }

  @HandleRequest(rebuildRankedList)
  rebuild(asked: NamedList & { operator: Operator }) {
    return this.lists.rebuild(asked);
  }
}
