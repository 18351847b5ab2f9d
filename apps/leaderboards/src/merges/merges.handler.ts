import { Controller } from '@nestjs/common';
import { mergeStandings } from '@kraty/contracts/leaderboards';
import { HandleRequest } from '@kraty/platform/messaging';
import { Merges, type Merge } from './merges.service.js';

@Controller()
export class MergesHandler {
  constructor(private readonly merges: Merges) {}

  @HandleRequest(mergeStandings)
  async merge(merge: Merge) {
    return { leaderboardsScrubbed: await this.merges.merge(merge) };
  }
}
