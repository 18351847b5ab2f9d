import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { ForceCompleteBody, ReviewAnomalyBody } from '@kraty/contracts/admin';
import type { Scope } from '@kraty/contracts/common';
import { forceCompleteAttempt, listAnomalies, reviewAnomaly } from '@kraty/contracts/events';
import type { Operator, Permission } from '@kraty/contracts/identity';
import { Messenger } from '@kraty/platform/messaging';
import { sendPage, sendRaw } from '../http/replies.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import { idempotencyOf } from '../sdk/idempotency.js';
import { instant, listLimit, oneOf, shortText, type Query as QueryParameters } from '../validation/queries.js';
import { strictBody } from '../validation/strict-bodies.js';
import { authorized } from './authorized.js';
import { environmentOf } from './events.controller.js';
import { ByOperator } from './operator-access.js';
import { cursorOf } from './pages.js';
import { idOf } from './place.js';

/** What support does for single attempts (04 §§8.3, 8.6). */
@Controller('admin/v1/studios/:studioId/games/:gameId')
export class EventSupportController {
  constructor(private readonly messenger: Messenger) {}

  @Post('attempts/:attemptId/force-complete')
  @ByOperator()
  async forceComplete(
    @Body() raw: unknown,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.place(request, query, 'attempt.force_complete', true);
    const { reason, overrideScore, idempotencyKey } = strictBody(ForceCompleteBody, raw);
    const command = {
      ...place,
      idempotency: idempotencyOf(request, idempotencyKey),
      attemptId: idOf(request, 'attemptId'),
      reason,
      overrideScore: overrideScore ?? null,
    };
    sendRaw(reply, await this.messenger.requestRaw(forceCompleteAttempt, command));
  }

  @Get('anomalies')
  @ByOperator()
  async anomalies(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { scope } = await this.place(request, query, 'anomaly.read');
    const reviewed = oneOf(query, 'reviewed', ['true', 'false']);
    const asked = {
      scope,
      externalPlayerId: shortText(query, 'externalPlayerId') ?? null,
      eventKey: shortText(query, 'eventKey') ?? null,
      validatorKey: shortText(query, 'validatorKey') ?? null,
      verdict: oneOf(query, 'verdict', ['flag', 'reject']) ?? null,
      reviewed: reviewed === undefined ? null : reviewed === 'true',
      from: instant(query, 'from') ?? null,
      to: instant(query, 'to') ?? null,
      limit: listLimit(query),
      cursor: cursorOf(query),
    };
    const { anomalies, nextCursor } = await this.messenger.request(listAnomalies, asked);
    sendPage(reply, anomalies, nextCursor);
  }

  @Post('anomalies/:anomalyId/review')
  @ByOperator()
  async review(
    @Body() raw: unknown,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.place(request, query, 'anomaly.review');
    const { status, note, idempotencyKey } = strictBody(ReviewAnomalyBody, raw);
    const idempotency = idempotencyOf(request, idempotencyKey);
    const command = { ...place, idempotency, anomalyId: idOf(request, 'anomalyId'), status, note: note ?? null };
    sendRaw(reply, await this.messenger.requestRaw(reviewAnomaly, command));
  }

  private async place(
    request: FastifyRequest,
    query: QueryParameters,
    permission: Permission,
    sessionOnly = false,
  ): Promise<{ operator: Operator; scope: Scope }> {
    const { operator, game } = await authorized(this.messenger, request, permission, { sessionOnly });
    return { operator, scope: { ...game, environment: environmentOf(query) } };
  }
}
