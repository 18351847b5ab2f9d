import { Body, Controller, Delete, Get, Post, Put, Query, Req, Res } from '@nestjs/common';
import { AttachOverrideBody, ForceCloseBody, OverrideWindowBody, PlainWriteBody } from '@kraty/contracts/admin';
import {
  attachOrphanedOverride,
  copyPreviousOverride,
  discardOrphanedOverride,
  forceCloseWindow,
  listEventWindows,
  overrideWindow,
  windowStates,
  type AdminWrite,
  type WindowState,
} from '@kraty/contracts/events';
import type { Permission } from '@kraty/contracts/identity';
import { Messenger } from '@kraty/platform/messaging';
import { sendNothing, sendPage, sendRaw } from '../http/replies.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import { idempotencyOf } from '../sdk/idempotency.js';
import { instant, invalid, listLimit, single, type Query as QueryParameters } from '../validation/queries.js';
import { strictBody } from '../validation/strict-bodies.js';
import { authorized } from './authorized.js';
import { environmentOf } from './events.controller.js';
import { ByOperator } from './operator-access.js';
import { cursorOf } from './pages.js';
import { idOf } from './place.js';
import { nameOf } from './writes.js';

const statesDefault: WindowState[] = ['upcoming', 'open'];

/** Windows of an event and their own metadata (04 §5.4). */
@Controller('admin/v1/studios/:studioId/games/:gameId/events/:eventId')
export class EventWindowsController {
  constructor(private readonly messenger: Messenger) {}

  @Get('windows')
  @ByOperator()
  async list(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { game } = await authorized(this.messenger, request, 'event.read');
    const asked = {
      game,
      event: nameOf(request, 'eventId'),
      environment: environmentOf(query),
      states: statesOf(query),
      from: instant(query, 'from') ?? null,
      to: instant(query, 'to') ?? null,
      limit: listLimit(query),
      cursor: cursorOf(query),
    };
    const { windows, nextCursor } = await this.messenger.request(listEventWindows, asked);
    sendPage(reply, windows, nextCursor);
  }

  @Put('windows/:windowId/metadata')
  @ByOperator()
  async override(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.place(request, 'window.override');
    const { metadata, idempotencyKey } = strictBody(OverrideWindowBody, raw);
    const command = { ...place, ...windowOf(request, idempotencyKey), metadata };
    sendRaw(reply, await this.messenger.requestRaw(overrideWindow, command));
  }

  @Delete('windows/:windowId/metadata')
  @ByOperator()
  async clear(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.place(request, 'window.override');
    await this.messenger.request(overrideWindow, { ...place, ...windowOf(request, undefined), metadata: {} });
    sendNothing(reply);
  }

  @Post('windows/:windowId/metadata/copy-from-previous')
  @ByOperator()
  async copyPrevious(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.place(request, 'window.override');
    const { idempotencyKey } = strictBody(PlainWriteBody, raw);
    const command = { ...place, ...windowOf(request, idempotencyKey) };
    sendRaw(reply, await this.messenger.requestRaw(copyPreviousOverride, command));
  }

  @Post('orphaned-overrides/:orphanId/attach')
  @ByOperator()
  async attach(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.place(request, 'window.override');
    const { windowId, idempotencyKey } = strictBody(AttachOverrideBody, raw);
    const idempotency = idempotencyOf(request, idempotencyKey);
    const command = { ...place, idempotency, orphanId: idOf(request, 'orphanId'), windowId: windowId.toLowerCase() };
    sendRaw(reply, await this.messenger.requestRaw(attachOrphanedOverride, command));
  }

  @Delete('orphaned-overrides/:orphanId')
  @ByOperator()
  async discard(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.place(request, 'window.override');
    const command = { ...place, idempotency: null, orphanId: idOf(request, 'orphanId') };
    await this.messenger.request(discardOrphanedOverride, command);
    sendNothing(reply);
  }

  @Post('windows/:windowId/force-close')
  @ByOperator()
  async forceClose(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.place(request, 'event.finalize');
    const { reason, idempotencyKey } = strictBody(ForceCloseBody, raw);
    const command = { ...place, ...windowOf(request, idempotencyKey), reason };
    sendRaw(reply, await this.messenger.requestRaw(forceCloseWindow, command));
  }

  private async place(
    request: FastifyRequest,
    permission: Permission,
  ): Promise<Omit<AdminWrite, 'idempotency'> & { event: string }> {
    return { ...(await authorized(this.messenger, request, permission)), event: nameOf(request, 'eventId') };
  }
}

function windowOf(request: FastifyRequest, idempotencyKey: string | undefined) {
  return { windowId: idOf(request, 'windowId'), idempotency: idempotencyOf(request, idempotencyKey) };
}

/** Comma-separated; those that can still be changed unless told otherwise. */
function statesOf(query: QueryParameters): WindowState[] {
  const text = single(query, 'state');
  if (text === undefined || text === '') return statesDefault;
  const states = windowStates.filter((state) => text.split(',').includes(state));
  if (states.length !== new Set(text.split(',')).size) {
    throw invalid('state', 'enum', `must be some of ${windowStates.join(', ')}`);
  }
  return states;
}
