import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { claimGrant, listPendingGrants, openCrate, plainEntries, selfGrant } from '@kraty/contracts/grants';
import { ClaimGrantBody, OpenCrateBody, SelfGrantBody } from '@kraty/contracts/sdk';
import { fail } from '@kraty/platform/errors';
import { isUuid } from '@kraty/platform/ids';
import { Messenger } from '@kraty/platform/messaging';
import { PlayerRead, PlayerWrite } from '../access/access.js';
import { sendRaw } from '../http/replies.js';
import { playerOf, scopeOf, type FastifyReply, type FastifyRequest } from '../http/request-context.js';
import { validBody } from '../validation/bodies.js';
import { listLimit, type Query as QueryParameters } from '../validation/queries.js';
import { idempotencyOf } from './idempotency.js';

/** Rewards that wait for the player, and their claim (02 §§5–6). */
@Controller('sdk/v1/players/:externalId')
export class GrantsController {
  constructor(private readonly messenger: Messenger) {}

  @Get('pending-grants')
  @PlayerRead()
  async pending(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const question = { scope: scopeOf(request), playerId: playerOf(request).playerId, limit: listLimit(query) };
    sendRaw(reply, await this.messenger.requestRaw(listPendingGrants, question));
  }

  @Post('grants/:grantId/claim')
  @PlayerWrite()
  async claim(
    @Param('grantId') grantId: string,
    @Body() raw: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = validBody(ClaimGrantBody, raw);
    if (!isUuid(grantId)) throw fail('not_found', 'there is no such grant', { resource: 'grant' });
    const command = {
      scope: scopeOf(request),
      player: playerOf(request),
      grantId: grantId.toLowerCase(),
      idempotency: idempotencyOf(request, body.idempotencyKey),
    };
    sendRaw(reply, await this.messenger.requestRaw(claimGrant, command));
  }

  @Post('crates/:grantId/open')
  @PlayerWrite()
  async open(
    @Param('grantId') grantId: string,
    @Body() raw: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    validBody(OpenCrateBody, raw);
    if (!isUuid(grantId)) throw fail('not_found', 'there is no such grant', { resource: 'grant' });
    const command = { scope: scopeOf(request), player: playerOf(request), grantId: grantId.toLowerCase() };
    sendRaw(reply, await this.messenger.requestRaw(openCrate, command));
  }

  @Post('grants')
  @PlayerWrite()
  async give(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const {
      entries,
      kind = 'reward',
      expiresAt = null,
      metadata = null,
      idempotencyKey,
    } = validBody(SelfGrantBody, raw);
    const command = {
      scope: scopeOf(request),
      player: playerOf(request),
      grant: { kind, entries: plainEntries(entries), expiresAt, metadata },
      idempotency: idempotencyOf(request, idempotencyKey),
    };
    sendRaw(reply, await this.messenger.requestRaw(selfGrant, command));
  }
}
