import { Body, Controller, Delete, Get, Post, Query, Req, Res } from '@nestjs/common';
import { CreateAccessTokenBody, PlainWriteBody } from '@kraty/contracts/admin';
import {
  createAccessToken,
  deleteAccessToken,
  endSession,
  listAccessTokens,
  listSessions,
} from '@kraty/contracts/identity';
import { Messenger } from '@kraty/platform/messaging';
import { sendData, sendNothing } from '../http/replies.js';
import { operatorOf, type FastifyReply, type FastifyRequest } from '../http/request-context.js';
import type { Query as QueryParameters } from '../validation/queries.js';
import { strictBody } from '../validation/strict-bodies.js';
import { BySession } from './operator-access.js';
import { sendPageOf } from './pages.js';
import { idOf } from './place.js';

/** The caller's own sessions and access tokens (04 §2). */
@Controller('admin/v1/auth')
export class OwnCredentialsController {
  constructor(private readonly messenger: Messenger) {}

  @Get('sessions')
  @BySession()
  async listSessions(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendPageOf(reply, await this.messenger.request(listSessions, { operator: operatorOf(request) }), query);
  }

  @Delete('sessions/:sessionId')
  @BySession()
  async endSession(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    strictBody(PlainWriteBody, raw);
    const sessionId = idOf(request, 'sessionId');
    await this.messenger.request(endSession, { operator: operatorOf(request), sessionId });
    sendNothing(reply);
  }

  @Get('tokens')
  @BySession()
  async listTokens(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendPageOf(reply, await this.messenger.request(listAccessTokens, { operator: operatorOf(request) }), query);
  }

  @Post('tokens')
  @BySession()
  async createToken(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { name, expiresInDays, permissions, gameIds } = strictBody(CreateAccessTokenBody, raw);
    const command = { name, expiresInDays, permissions, gameIds: gameIds.map((id) => id.toLowerCase()) };
    sendData(
      reply,
      await this.messenger.request(createAccessToken, { operator: operatorOf(request), ...command }),
      201,
    );
  }

  @Delete('tokens/:accessTokenId')
  @BySession()
  async deleteToken(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    strictBody(PlainWriteBody, raw);
    const accessTokenId = idOf(request, 'accessTokenId');
    await this.messenger.request(deleteAccessToken, { operator: operatorOf(request), accessTokenId });
    sendNothing(reply);
  }
}
