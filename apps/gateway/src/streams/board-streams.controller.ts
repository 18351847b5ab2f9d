import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { uuidShapePattern } from '@kraty/contracts/common';
import { KeyRead } from '../access/access.js';
import { scopeOf, type FastifyReply, type FastifyRequest } from '../http/request-context.js';
import { refuseOddId, unknownBoard } from '../sdk/leaderboards.controller.js';
import { BoardStreams } from './board-streams.service.js';
import { replyHeaders } from './reply-headers.js';
import { SseConnection } from './sse-connection.js';

/** Live event boards under both route families (02 §7.2). */
@Controller('sdk/v1')
export class BoardStreamsController {
  constructor(private readonly streams: BoardStreams) {}

  @Get('leaderboards/:leaderboard/stream')
  @KeyRead()
  async streamAny(
    @Param('leaderboard') leaderboard: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!uuidShapePattern.test(leaderboard)) throw unknownBoard();
    await this.stream(leaderboard, request, reply);
  }

  @Get('event-leaderboards/:leaderboardId/stream')
  @KeyRead()
  async streamEventBoard(
    @Param('leaderboardId') leaderboardId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    refuseOddId(leaderboardId);
    await this.stream(leaderboardId, request, reply);
  }

  private async stream(leaderboardId: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await this.streams.open(scopeOf(request), leaderboardId.toLowerCase(), request.kraty.key!.prefix, (onEnd) => {
      reply.hijack();
      return new SseConnection(reply.raw, replyHeaders(reply), onEnd);
    });
  }
}
