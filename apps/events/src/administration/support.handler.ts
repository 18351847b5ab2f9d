import { Controller } from '@nestjs/common';
import {
  forceCompleteAttempt,
  listAnomalies,
  readPlayerStanding,
  reviewAnomaly,
  type BoardStanding,
  type ListAnomalies,
} from '@kraty/contracts/events';
import { isUuid } from '@kraty/platform/ids';
import { HandleRequest } from '@kraty/platform/messaging';
import { Standings } from '../standings/standings.service.js';
import { Anomalies, type AnomalyReview } from './anomalies.service.js';
import { ForceCompletions, type ForceCompletion } from './force-completion.service.js';
import { idBefore } from './force-completion.js';

/** What support does for single players (04 §§8.3, 8.6). */
@Controller()
export class SupportHandler {
  constructor(
    private readonly forceCompletions: ForceCompletions,
    private readonly anomalies: Anomalies,
    private readonly standings: Standings,
  ) {}

  @HandleRequest(forceCompleteAttempt)
  forceComplete(call: ForceCompletion) {
    return this.forceCompletions.complete(call);
  }

  @HandleRequest(readPlayerStanding)
  async standing({
    leaderboardId,
    playerId,
  }: {
    leaderboardId: string;
    playerId: string;
  }): Promise<{ standing: BoardStanding | null }> {
    if (!isUuid(leaderboardId) || !isUuid(playerId)) return { standing: null };
    const [standing] = await this.standings.page(leaderboardId, idBefore(playerId), 1);
    return { standing: standing?.playerId === playerId ? standing : null };
  }

  @HandleRequest(listAnomalies)
  list(asked: ListAnomalies) {
    return this.anomalies.list(asked);
  }

  @HandleRequest(reviewAnomaly)
  review(call: AnomalyReview) {
    return this.anomalies.review(call);
  }
}
