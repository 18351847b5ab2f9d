import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { isUuid } from '@kraty/platform/ids';
import { finishAttempt, listEvents, reportProgress, startAttempt } from '@kraty/contracts/events';
import { FinishAttemptBody, StartAttemptBody } from '@kraty/contracts/sdk';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import { KeyRead, PlayerStart, PlayerWrite } from '../access/access.js';
import { FirstContacts } from '../access/first-contacts.service.js';
import { Players } from '../access/players.service.js';
import { sendRaw } from '../http/replies.js';
import {
  externalPlayerIdOf,
  playerOf,
  scopeOf,
  type FastifyReply,
  type FastifyRequest,
} from '../http/request-context.js';
import { validBody } from '../validation/bodies.js';
import { invalid, single, type Query as QueryParameters } from '../validation/queries.js';
import { idempotencyOf } from './idempotency.js';
import { progressBodyOf, progressOf } from './progress-body.js';

/** Events a player can play, and the attempts in them (02 §§2–4, 14). */
@Controller('sdk/v1/players/:externalId/events')
export class EventsController {
  constructor(
    private readonly messenger: Messenger,
    private readonly players: Players,
    private readonly firstContacts: FirstContacts,
    private readonly clock: Clock,
  ) {}

  @Get()
  @KeyRead()
  async list(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const status = single(query, 'status');
    if (status !== undefined && status !== 'active') throw invalid('status', 'enum', 'must be active');
    const scope = scopeOf(request);
    const player = await this.players.find(scope, externalPlayerIdOf(request));
    sendRaw(reply, await this.messenger.requestRaw(listEvents, { scope, playerId: player?.playerId ?? null }));
  }

  @Post(':eventKey/start')
  @PlayerStart()
  async start(
    @Param('eventKey') eventKey: string,
    @Body() raw: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = validBody(StartAttemptBody, raw);
    const player = await this.firstContacts.starting(request);
    const command = {
      scope: scopeOf(request),
      player,
      eventKey,
      playerContext: body.playerContext ?? null,
      idempotency: idempotencyOf(request, body.idempotencyKey),
    };
    sendRaw(reply, await this.messenger.requestRaw(startAttempt, command));
  }

  /** Takes the request as it is: what Nest hands over of its parts costs two promises more for each. */
  @Post(':eventKey/attempts/:attemptId/progress')
  @PlayerWrite()
  async progress(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { eventKey, attemptId } = request.params as { eventKey: string; attemptId: string };
    const body = progressBodyOf(request.body);
    const command = {
      scope: scopeOf(request),
      player: playerOf(request),
      eventKey,
      attemptId: attemptIdOf(attemptId),
      ...progressOf(body, this.clock.nowMs()),
      idempotency: idempotencyOf(request, body.idempotencyKey),
    };
    sendRaw(reply, await this.messenger.requestRaw(reportProgress, command));
  }

  @Post(':eventKey/attempts/:attemptId/finish')
  @PlayerWrite()
  async finish(
    @Param('eventKey') eventKey: string,
    @Param('attemptId') attemptId: string,
    @Body() raw: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = validBody(FinishAttemptBody, raw);
    const command = {
      scope: scopeOf(request),
      player: playerOf(request),
      eventKey,
      attemptId: attemptIdOf(attemptId),
      idempotency: idempotencyOf(request, body.idempotencyKey),
    };
    sendRaw(reply, await this.messenger.requestRaw(finishAttempt, command));
  }
}

/** An id that cannot exist is not found (01 §12). */
function attemptIdOf(text: string): string {
  if (!isUuid(text)) throw fail('not_found', 'there is no such attempt', { resource: 'attempt' });
  return text.toLowerCase();
}
