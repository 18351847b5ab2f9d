import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { environments } from '@kraty/contracts/common';
import { listAudit, readAudit, verifyAudit, type AuditFilter } from '@kraty/contracts/identity';
import { Messenger } from '@kraty/platform/messaging';
import { sendData, sendPage } from '../http/replies.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import {
  instant,
  listLimit,
  oneOf,
  positiveInteger,
  shortText,
  type Query as QueryParameters,
} from '../validation/queries.js';
import { ByOperator } from './operator-access.js';
import { cursorOf } from './pages.js';
import { gameOf, idOf, studioOf, type StudioPlace } from './place.js';

const actorTypes = ['member', 'api_key', 'system'] as const;

/** 04 §11. */
@Controller('admin/v1/studios/:studioId')
export class AuditController {
  constructor(private readonly messenger: Messenger) {}

  @Get('audit')
  @ByOperator()
  async ofStudio(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.list({ ...studioOf(request), gameId: null }, query, reply);
  }

  @Get('games/:gameId/audit')
  @ByOperator()
  async ofGame(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.list(gameOf(request), query, reply);
  }

  @Get('audit/verify')
  @ByOperator()
  async verify(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const range = {
      fromSeq: positiveInteger(query, 'fromSeq') ?? null,
      toSeq: positiveInteger(query, 'toSeq') ?? null,
    };
    sendData(reply, await this.messenger.request(verifyAudit, { ...studioOf(request), ...range }));
  }

  @Get('audit/:auditId')
  @ByOperator()
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const auditId = idOf(request, 'auditId');
    sendData(reply, await this.messenger.request(readAudit, { ...studioOf(request), auditId }));
  }

  private async list(
    place: StudioPlace & { gameId: string | null },
    query: QueryParameters,
    reply: FastifyReply,
  ): Promise<void> {
    const command = { ...place, filter: filterOf(query), limit: listLimit(query), cursor: cursorOf(query) };
    const { rows, nextCursor } = await this.messenger.request(listAudit, command);
    sendPage(reply, rows, nextCursor);
  }
}

function filterOf(query: QueryParameters): AuditFilter {
  return {
    actor: shortText(query, 'actor'),
    actorType: oneOf(query, 'actorType', actorTypes),
    action: shortText(query, 'action'),
    targetType: shortText(query, 'targetType'),
    targetId: shortText(query, 'targetId'),
    externalPlayerId: shortText(query, 'externalPlayerId'),
    environment: oneOf(query, 'environment', environments),
    from: instant(query, 'from'),
    to: instant(query, 'to'),
    q: shortText(query, 'q'),
  };
}
