import { Body, Controller, Get, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import { DuplicateEventBody, PlainWriteBody, PreviewEventBody, TransitionEventBody } from '@kraty/contracts/admin';
import { environments, type Environment } from '@kraty/contracts/common';
import {
  archiveEventDefinition,
  createEventDefinition,
  duplicateEventDefinition,
  eventStatuses,
  listEventDefinitions,
  listEventRevisions,
  previewEvent,
  readEventDefinition,
  readEventRevision,
  readEventStatistics,
  transitionEventDefinition,
  updateEventDefinition,
} from '@kraty/contracts/events';
import { fail } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import { entityTag, sendData, sendPage } from '../http/replies.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import { idempotencyOf } from '../sdk/idempotency.js';
import { flag, listLimit, oneOf, shortText, single, type Query as QueryParameters } from '../validation/queries.js';
import { strictBody } from '../validation/strict-bodies.js';
import { authorized } from './authorized.js';
import { expectedVersion } from './if-match.js';
import { ByOperator } from './operator-access.js';
import { cursorOf } from './pages.js';
import { nameOf, ownersBody, sendVersioned } from './writes.js';

const revisionPattern = /^[1-9]\d{0,8}$/;

/** Definitions of events and their life (04 §§5.2, 5.3, 5.5). */
@Controller('admin/v1/studios/:studioId/games/:gameId/events')
export class EventDefinitionsController {
  constructor(private readonly messenger: Messenger) {}

  @Get()
  @ByOperator()
  async list(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asked = {
      ...(await authorized(this.messenger, request, 'event.read')),
      environment: environmentOf(query),
      status: oneOf(query, 'status', eventStatuses) ?? null,
      q: shortText(query, 'q') ?? null,
      archived: flag(query, 'archived'),
      summary: oneOf(query, 'fields', ['summary']) === 'summary',
      limit: listLimit(query),
      cursor: cursorOf(query),
    };
    const { events, nextCursor } = await this.messenger.request(listEventDefinitions, asked);
    sendPage(reply, events, nextCursor);
  }

  @Post()
  @ByOperator()
  async create(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await authorized(this.messenger, request, 'event.create');
    const command = { ...place, ...ownersBody(request, raw) };
    sendVersioned(reply, await this.messenger.requestRaw(createEventDefinition, command));
  }

  @Get(':eventId')
  @ByOperator()
  async read(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await authorized(this.messenger, request, 'event.read');
    const asked = { ...place, event: nameOf(request, 'eventId'), environment: environmentOf(query) };
    const event = await this.messenger.request(readEventDefinition, asked);
    sendData(reply.header('etag', entityTag(event.version)), event);
  }

  @Put(':eventId')
  @ByOperator()
  replace(
    @Body() raw: unknown,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.update('replace', raw, query, request, reply);
  }

  @Patch(':eventId')
  @ByOperator()
  merge(
    @Body() raw: unknown,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.update('merge', raw, query, request, reply);
  }

  @Get(':eventId/revisions')
  @ByOperator()
  async revisions(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { game } = await authorized(this.messenger, request, 'event.read');
    const page = { limit: listLimit(query), cursor: cursorOf(query) };
    const asked = { game, event: nameOf(request, 'eventId'), ...page };
    const { revisions, nextCursor } = await this.messenger.request(listEventRevisions, asked);
    sendPage(reply, revisions, nextCursor);
  }

  @Get(':eventId/revisions/:revision')
  @ByOperator()
  async revision(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { game } = await authorized(this.messenger, request, 'event.read');
    const text = nameOf(request, 'revision');
    if (!revisionPattern.test(text))
      throw fail('not_found', 'there is no such revision', { resource: 'event_revision' });
    const asked = { game, event: nameOf(request, 'eventId'), revision: Number(text) };
    sendData(reply, await this.messenger.request(readEventRevision, asked));
  }

  @Post(':eventId/duplicate')
  @ByOperator()
  async duplicate(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await authorized(this.messenger, request, 'event.create');
    const { key, name, idempotencyKey } = strictBody(DuplicateEventBody, raw);
    const command = {
      ...place,
      event: nameOf(request, 'eventId'),
      idempotency: idempotencyOf(request, idempotencyKey),
      key,
      name: name ?? null,
    };
    sendVersioned(reply, await this.messenger.requestRaw(duplicateEventDefinition, command));
  }

  @Post(':eventId/transition')
  @ByOperator()
  async transition(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    // Who may not do either learns nothing about the body; which of the two it is stands in the body.
    const isFinal = (raw as { to?: unknown } | null)?.to === 'finalized';
    const place = await authorized(this.messenger, request, isFinal ? 'event.finalize' : 'event.transition');
    const { to, reason, idempotencyKey } = strictBody(TransitionEventBody, raw);
    const command = {
      ...place,
      event: nameOf(request, 'eventId'),
      version: expectedVersion(request),
      idempotency: idempotencyOf(request, idempotencyKey),
      to,
      reason: reason ?? null,
    };
    sendVersioned(reply, await this.messenger.requestRaw(transitionEventDefinition, command));
  }

  @Post(':eventId/archive')
  @ByOperator()
  async archive(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await authorized(this.messenger, request, 'event.archive');
    const { idempotencyKey } = strictBody(PlainWriteBody, raw);
    const idempotency = idempotencyOf(request, idempotencyKey);
    const command = { ...place, event: nameOf(request, 'eventId'), version: expectedVersion(request), idempotency };
    sendVersioned(reply, await this.messenger.requestRaw(archiveEventDefinition, command));
  }

  @Get(':eventId/stats')
  @ByOperator()
  async statistics(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { game } = await authorized(this.messenger, request, 'stats.read');
    const scope = { ...game, environment: environmentOf(query) };
    const windowId = single(query, 'windowId')?.toLowerCase() || null;
    const asked = { scope, event: nameOf(request, 'eventId'), windowId };
    sendData(reply, await this.messenger.request(readEventStatistics, asked));
  }

  @Post(':eventId/preview')
  @ByOperator()
  async preview(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await authorized(this.messenger, request, 'event.preview');
    const { metrics, rank, participants, assumedWinners, playerContext, seed, draft } = strictBody(
      PreviewEventBody,
      raw,
    );
    const asked = {
      ...place,
      event: nameOf(request, 'eventId'),
      metrics,
      rank: rank ?? 1,
      participants: participants ?? 1,
      assumedWinners: assumedWinners ?? 1,
      playerContext: playerContext ?? null,
      seed: seed ?? null,
      draft: draft ?? null,
    };
    sendData(reply, await this.messenger.request(previewEvent, asked));
  }

  private async update(
    mode: 'replace' | 'merge',
    raw: unknown,
    query: QueryParameters,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const place = await authorized(this.messenger, request, 'event.update');
    const { body, idempotency } = ownersBody(request, raw);
    const command = {
      ...place,
      event: nameOf(request, 'eventId'),
      version: expectedVersion(request),
      dryRun: flag(query, 'dryRun'),
      ...{ mode, body, idempotency },
    };
    sendVersioned(reply, await this.messenger.requestRaw(updateEventDefinition, command));
  }
}

/** Definitions are common to both; what people did in them is not (04 §1). */
export function environmentOf(query: QueryParameters): Environment {
  return oneOf(query, 'environment', environments) ?? 'live';
}
