import { Controller } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type { Operator } from '@kraty/contracts/identity';
import {
  inspectRankedList,
  listContributors,
  listRankedLists,
  readBoardHistory,
  readScoreDistribution,
  rebuildRankedList,
  removeEntry,
  type ListRankedLists,
  type NamedList,
} from '@kraty/contracts/leaderboards';
import { HandleRequest } from '@kraty/platform/messaging';
import { Histories, type HistoryQuestion } from '../history/histories.service.js';
import { EntryRemovals, type RemoveEntry } from './entry-removals.service.js';
import { ListInspections } from './list-inspections.service.js';
import { RankedLists } from './ranked-lists.service.js';

@Controller()
export class RankedListsHandler {
  constructor(
    private readonly lists: RankedLists,
    private readonly inspections: ListInspections,
    private readonly removals: EntryRemovals,
    private readonly histories: Histories,
  ) {}

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

  @HandleRequest(inspectRankedList)
  inspect({ limit, aroundPlayerId, ...named }: NamedList & { limit: number; aroundPlayerId: string | null }) {
    return this.inspections.read(named, limit, aroundPlayerId);
  }

  @HandleRequest(listContributors)
  async contributors({ game, id }: { game: GameScope; id: string }) {
    return { events: await this.inspections.contributors(game, id) };
  }

  @HandleRequest(readBoardHistory)
  history({ top, playerId, rangeMs, ...named }: NamedList & HistoryQuestion) {
    return this.histories.read(named, { top, playerId, rangeMs });
  }

  @HandleRequest(removeEntry)
  remove(command: RemoveEntry) {
    return this.removals.remove(command);
  }
}
