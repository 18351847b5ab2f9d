import { Body, Controller, Get, Patch, Post, Put, Query, Req, Res, type Type } from '@nestjs/common';
import { PlainWriteBody } from '@kraty/contracts/admin';
import type { Permission } from '@kraty/contracts/identity';
import {
  archiveConfigured,
  importIdentities,
  listContributors,
  listConfigured,
  readConfigured,
  saveConfigured,
  type ConfiguredSection,
} from '@kraty/contracts/leaderboards';
import { Messenger } from '@kraty/platform/messaging';
import { entityTag, sendData } from '../http/replies.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import { idempotencyOf } from '../sdk/idempotency.js';
import { flag, listLimit, type Query as QueryParameters } from '../validation/queries.js';
import { strictBody } from '../validation/strict-bodies.js';
import { authorized } from './authorized.js';
import { expectedVersion } from './if-match.js';
import { ByOperator } from './operator-access.js';
import { keyOfCursor, sendPageByKey, sendWhole } from './pages.js';
import { nameOf, ownersBody, sendVersioned } from './writes.js';

const place = 'admin/v1/studios/:studioId/games/:gameId';

interface ConfiguredKind {
  section: ConfiguredSection;
  read: Permission;
  manage: Permission;
}

/** Routes of one kind of object that the leaderboards keep one by one: list, create, read, change, archive (04 §6). */
abstract class ConfiguredObjectsController {
  protected abstract readonly kind: ConfiguredKind;

  constructor(protected readonly messenger: Messenger) {}

  @Get()
  @ByOperator()
  async list(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { game } = await authorized(this.messenger, request, this.kind.read);
    const page = { archived: flag(query, 'archived'), afterKey: keyOfCursor(query), limit: listLimit(query) };
    const asked = { game, section: this.kind.section, ...page };
    const { objects, nextKey } = await this.messenger.request(listConfigured, asked);
    sendPageByKey(reply, objects, nextKey);
  }

  @Post()
  @ByOperator()
  async create(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const by = await authorized(this.messenger, request, this.kind.manage);
    const { section } = this.kind;
    const command = { ...by, section, id: null, ifVersion: null, merge: false, ...ownersBody(request, raw) };
    sendVersioned(reply, await this.messenger.requestRaw(saveConfigured, command));
  }

  @Get(':id')
  @ByOperator()
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { game } = await authorized(this.messenger, request, this.kind.read);
    const asked = { game, section: this.kind.section, id: nameOf(request, 'id') };
    const object = await this.messenger.request(readConfigured, asked);
    sendData(reply.header('etag', entityTag(object.version)), object);
  }

  @Put(':id')
  @ByOperator()
  replace(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.update(raw, request, reply, false);
  }

  @Patch(':id')
  @ByOperator()
  merge(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.update(raw, request, reply, true);
  }

  @Post(':id/archive')
  @ByOperator()
  async archive(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const by = await authorized(this.messenger, request, this.kind.manage);
    const { idempotencyKey } = strictBody(PlainWriteBody, raw ?? {});
    const idempotency = idempotencyOf(request, idempotencyKey ?? undefined);
    const named = { section: this.kind.section, id: nameOf(request, 'id'), ifVersion: expectedVersion(request) };
    sendVersioned(reply, await this.messenger.requestRaw(archiveConfigured, { ...by, ...named, idempotency }));
  }

  private async update(raw: unknown, request: FastifyRequest, reply: FastifyReply, merge: boolean): Promise<void> {
    const by = await authorized(this.messenger, request, this.kind.manage);
    const named = { section: this.kind.section, id: nameOf(request, 'id'), ifVersion: expectedVersion(request), merge };
    const command = { ...by, ...named, ...ownersBody(request, raw) };
    sendVersioned(reply, await this.messenger.requestRaw(saveConfigured, command));
  }
}

@Controller(`${place}/leaderboards`)
export class LeaderboardDefinitionsController extends ConfiguredObjectsController {
  protected readonly kind = {
    section: 'leaderboards',
    read: 'leaderboard.read',
    manage: 'leaderboard.manage',
  } as const;

  constructor(messenger: Messenger) {
    super(messenger);
  }

  /** Events that feed the board. */
  @Get(':id/contributors')
  @ByOperator()
  async contributors(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { game } = await authorized(this.messenger, request, this.kind.read);
    const asked = { game, id: nameOf(request, 'id') };
    sendWhole(reply, (await this.messenger.request(listContributors, asked)).events);
  }
}

@Controller(`${place}/identity-pools`)
export class IdentityPoolsController extends ConfiguredObjectsController {
  protected readonly kind = { section: 'identityPools', read: 'bot.read', manage: 'identity_pool.manage' } as const;

  constructor(messenger: Messenger) {
    super(messenger);
  }

  @Post(':id/import')
  @ByOperator()
  async import(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const by = await authorized(this.messenger, request, this.kind.manage);
    const command = { ...by, id: nameOf(request, 'id'), body: ownersBody(request, raw).body };
    sendData(reply, await this.messenger.request(importIdentities, command));
  }
}

@Controller(`${place}/bots`)
export class BotsController extends ConfiguredObjectsController {
  protected readonly kind = { section: 'bots', read: 'bot.read', manage: 'bot.manage' } as const;

  constructor(messenger: Messenger) {
    super(messenger);
  }
}

/** In the order in which they are registered. */
export const configuredObjectsControllers: Type[] = [
  LeaderboardDefinitionsController,
  IdentityPoolsController,
  BotsController,
];
