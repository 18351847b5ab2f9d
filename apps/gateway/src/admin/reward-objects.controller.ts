import { Body, Controller, Get, Post, Put, Query, Req, Res } from '@nestjs/common';
import { PlainWriteBody } from '@kraty/contracts/admin';
import {
  archiveRewardObject,
  listRewardObjects,
  readRewardObject,
  readRewardUsages,
  saveRewardObject,
  type RewardSection,
} from '@kraty/contracts/grants';
import { Messenger } from '@kraty/platform/messaging';
import { entityTag, sendData } from '../http/replies.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import { idempotencyOf } from '../sdk/idempotency.js';
import { flag, listLimit, type Query as QueryParameters } from '../validation/queries.js';
import { strictBody } from '../validation/strict-bodies.js';
import { authorized } from './authorized.js';
import { expectedVersion } from './if-match.js';
import { ByOperator } from './operator-access.js';
import { keyOfCursor, sendPageByKey } from './pages.js';
import { ownersBody, sendVersioned } from './writes.js';

/** Bundles or tables: list, make, read, change, archive, and what uses one (04 §7). */
export abstract class RewardObjectsController {
  protected abstract readonly section: RewardSection;

  constructor(protected readonly messenger: Messenger) {}

  @Get()
  @ByOperator()
  async list(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const page = { archived: flag(query, 'archived'), afterKey: keyOfCursor(query), limit: listLimit(query) };
    const { game } = await authorized(this.messenger, request, 'reward.read');
    const question = { game, section: this.section, ...page };
    const { objects, nextKey } = await this.messenger.request(listRewardObjects, question);
    sendPageByKey(reply, objects, nextKey);
  }

  @Post()
  @ByOperator()
  async create(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await authorized(this.messenger, request, 'reward.manage');
    const command = { ...place, section: this.section, id: null, ifVersion: null, ...ownersBody(request, raw) };
    sendVersioned(reply, await this.messenger.requestRaw(saveRewardObject, command));
  }

  @Get(':objectId')
  @ByOperator()
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { game } = await authorized(this.messenger, request, 'reward.read');
    const question = { game, section: this.section, id: objectIdOf(request) };
    const object = await this.messenger.request(readRewardObject, question);
    sendData(reply.header('etag', entityTag(object.version)), object);
  }

  @Put(':objectId')
  @ByOperator()
  async replace(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const named = { section: this.section, id: objectIdOf(request), ifVersion: expectedVersion(request) };
    const place = await authorized(this.messenger, request, 'reward.manage');
    const command = { ...place, ...named, ...ownersBody(request, raw) };
    sendVersioned(reply, await this.messenger.requestRaw(saveRewardObject, command));
  }

  @Get(':objectId/usages')
  @ByOperator()
  async usages(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { game } = await authorized(this.messenger, request, 'reward.read');
    const question = { game, section: this.section, id: objectIdOf(request) };
    sendData(reply, (await this.messenger.request(readRewardUsages, question)).usages);
  }

  @Post(':objectId/archive')
  @ByOperator()
  archive(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.setArchived(true, request, reply);
  }

  @Post(':objectId/unarchive')
  @ByOperator()
  unarchive(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.setArchived(false, request, reply);
  }

  private async setArchived(archived: boolean, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { idempotencyKey } = strictBody(PlainWriteBody, request.body);
    const idempotency = idempotencyOf(request, idempotencyKey ?? undefined);
    const force = flag(request.query as QueryParameters, 'force');
    const named = { section: this.section, id: objectIdOf(request), ifVersion: expectedVersion(request) };
    const place = await authorized(this.messenger, request, 'reward.manage');
    const command = { ...place, ...named, archived, force, idempotency };
    sendVersioned(reply, await this.messenger.requestRaw(archiveRewardObject, command));
  }
}

@Controller('admin/v1/studios/:studioId/games/:gameId/reward-bundles')
export class RewardBundlesController extends RewardObjectsController {
  protected readonly section = 'rewardBundles';

  constructor(messenger: Messenger) {
    super(messenger);
  }
}

/** An id, or a key: keys are not in one case. */
export function objectIdOf(request: FastifyRequest): string {
  return (request.params as Record<string, string>)['objectId']!;
}
