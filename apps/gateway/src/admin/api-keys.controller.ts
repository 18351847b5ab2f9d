import { Body, Controller, Delete, Get, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { CreateApiKeyBody, RevokeApiKeyBody, UpdateApiKeyBody } from '@kraty/contracts/admin';
import { environments } from '@kraty/contracts/common';
import { createApiKey, listApiKeys, revokeApiKey, updateApiKey } from '@kraty/contracts/identity';
import { Messenger } from '@kraty/platform/messaging';
import { sendData, sendNothing } from '../http/replies.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import { oneOf, type Query as QueryParameters } from '../validation/queries.js';
import { strictBody } from '../validation/strict-bodies.js';
import { ByOperator } from './operator-access.js';
import { sendPageOf } from './pages.js';
import { gameOf, idOf } from './place.js';

const statuses = ['active', 'revoked'] as const;

/** 04 §4. */
@Controller('admin/v1/studios/:studioId/games/:gameId/api-keys')
export class ApiKeysController {
  constructor(private readonly messenger: Messenger) {}

  @Get()
  @ByOperator()
  async list(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const environment = oneOf(query, 'environment', environments) ?? null;
    const status = oneOf(query, 'status', statuses) ?? null;
    const keys = await this.messenger.request(listApiKeys, { ...gameOf(request), environment, status });
    sendPageOf(reply, keys, query);
  }

  @Post()
  @ByOperator()
  async create(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { name, permissionSet, environment, expiresAt, rateLimits } = strictBody(CreateApiKeyBody, raw);
    const optional = { expiresAt: expiresAt ?? null, rateLimits: rateLimits ?? null };
    const command = { ...gameOf(request), name, permissionSet, environment, ...optional };
    sendData(reply, await this.messenger.request(createApiKey, command), 201);
  }

  @Patch(':keyId')
  @ByOperator()
  async update(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { name, rateLimits } = strictBody(UpdateApiKeyBody, raw);
    const command = { ...gameOf(request), keyId: idOf(request, 'keyId'), name: name ?? undefined, rateLimits };
    sendData(reply, await this.messenger.request(updateApiKey, command));
  }

  @Delete(':keyId')
  @ByOperator()
  async revoke(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { reason } = strictBody(RevokeApiKeyBody, raw);
    await this.messenger.request(revokeApiKey, { ...gameOf(request), keyId: idOf(request, 'keyId'), reason });
    sendNothing(reply);
  }
}
