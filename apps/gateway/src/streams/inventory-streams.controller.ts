import { Controller, Get, Req, Res } from '@nestjs/common';
import { PlayerRead } from '../access/access.js';
import { scopeOf, type FastifyReply, type FastifyRequest } from '../http/request-context.js';
import { replyHeaders } from './reply-headers.js';
import { InventoryStreams } from './inventory-streams.service.js';
import { SseConnection } from './sse-connection.js';

/** The live inventory of a player (02 §10.3). */
@Controller('sdk/v1/players/:externalId')
export class InventoryStreamsController {
  constructor(private readonly streams: InventoryStreams) {}

  @Get('inventory/stream')
  @PlayerRead()
  async stream(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const player = { scope: scopeOf(request), record: request.kraty.player!, keyPrefix: request.kraty.key!.prefix };
    await this.streams.open(player, (onEnd) => {
      reply.hijack();
      return new SseConnection(reply.raw, replyHeaders(reply), onEnd);
    });
  }
}
