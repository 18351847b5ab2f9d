import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { Messenger } from '@kraty/platform/messaging';
import { originOf, presentedCredential } from '../admin/credential.js';
import { namedList } from '../admin/named-list.js';
import { ByOperator } from '../admin/operator-access.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import type { Query as QueryParameters } from '../validation/queries.js';
import { OperatorBoardStreams } from './operator-board-streams.service.js';
import { replyHeaders } from './reply-headers.js';
import { SseConnection } from './sse-connection.js';

/** Live boards as the portal shows them (04 §13.2). */
@Controller('admin/v1/studios/:studioId/games/:gameId/boards')
export class OperatorBoardStreamsController {
  constructor(
    private readonly messenger: Messenger,
    private readonly streams: OperatorBoardStreams,
  ) {}

  @Get(':leaderboardId/stream')
  @ByOperator()
  async stream(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { named } = await namedList(this.messenger, request, query, 'leaderboard.read');
    const seat = { credential: presentedCredential(request), origin: originOf(request), game: named.scope };
    await this.streams.open(named, seat, (onEnd) => {
      reply.hijack();
      return new SseConnection(reply.raw, replyHeaders(reply), onEnd);
    });
  }
}
