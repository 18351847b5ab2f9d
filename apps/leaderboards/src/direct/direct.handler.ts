import { Controller } from '@nestjs/common';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { joinDefinedBoard, joinEventBoard, submitScore, type SubmitScore } from '@kraty/contracts/leaderboards';
import { HandleRequest, rawJson, reply } from '@kraty/platform/messaging';
import { DirectScores } from './direct-scores.service.js';
import { Joins } from './joins.service.js';

@Controller()
export class DirectHandler {
  constructor(
    private readonly scores: DirectScores,
    private readonly joins: Joins,
  ) {}

  @HandleRequest(submitScore)
  async submit(call: SubmitScore) {
    const submission = await this.scores.submit(call);
    return reply(rawJson(submission.reply), { replayed: submission.replayed });
  }

  @HandleRequest(joinDefinedBoard)
  joinDefined(call: Parameters<Joins['joinDefined']>[0]) {
    return this.joins.joinDefined(call);
  }

  @HandleRequest(joinEventBoard)
  joinEvent(call: { scope: Scope; player: PlayerRef; limit: number; leaderboardId: string }) {
    return this.joins.joinEvent(call);
  }
}
