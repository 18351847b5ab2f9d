import { Body, Controller, Get, Post, Put, Query, Req, Res } from '@nestjs/common';
import { PlainWriteBody } from '@kraty/contracts/admin';
import {
  archiveCatalogObject,
  listCatalogObjects,
  readCatalogObject,
  readCatalogUsages,
  saveCatalogObject,
  type CatalogSection,
} from '@kraty/contracts/economy';
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

const game = 'admin/v1/studios/:studioId/games/:gameId';

/** One section of the catalog: list, make, read, change, archive, and what uses an object (04 §7). */
abstract class CatalogSectionController {
  protected abstract readonly section: CatalogSection;

  constructor(private readonly messenger: Messenger) {}

  @Get()
  @ByOperator()
  async list(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { game: of } = await authorized(this.messenger, request, 'catalog.read');
    const page = { archived: flag(query, 'archived'), afterKey: keyOfCursor(query), limit: listLimit(query) };
    const question = { game: of, section: this.section, ...page };
    const { objects, nextKey } = await this.messenger.request(listCatalogObjects, question);
    sendPageByKey(reply, objects, nextKey);
  }

  @Post()
  @ByOperator()
  async create(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await authorized(this.messenger, request, 'catalog.manage');
    const command = { ...place, section: this.section, key: null, ifVersion: null, ...ownersBody(request, raw) };
    sendVersioned(reply, await this.messenger.requestRaw(saveCatalogObject, command));
  }

  @Get(':key')
  @ByOperator()
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { game: of } = await authorized(this.messenger, request, 'catalog.read');
    const question = { game: of, section: this.section, key: keyOf(request) };
    const object = await this.messenger.request(readCatalogObject, question);
    sendData(reply.header('etag', entityTag(object.version)), object);
  }

  @Put(':key')
  @ByOperator()
  async replace(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await authorized(this.messenger, request, 'catalog.manage');
    const named = { section: this.section, key: keyOf(request), ifVersion: expectedVersion(request) };
    const command = { ...place, ...named, ...ownersBody(request, raw) };
    sendVersioned(reply, await this.messenger.requestRaw(saveCatalogObject, command));
  }

  @Post(':key/archive')
  @ByOperator()
  archive(
    @Body() raw: unknown,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.setArchived(true, raw, query, request, reply);
  }

  @Post(':key/unarchive')
  @ByOperator()
  unarchive(
    @Body() raw: unknown,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.setArchived(false, raw, query, request, reply);
  }

  @Get(':key/usages')
  @ByOperator()
  async usages(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { game: of } = await authorized(this.messenger, request, 'catalog.read');
    const question = { game: of, section: this.section, key: keyOf(request) };
    sendData(reply, await this.messenger.request(readCatalogUsages, question));
  }

  private async setArchived(
    archived: boolean,
    raw: unknown,
    query: QueryParameters,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const place = await authorized(this.messenger, request, 'catalog.manage');
    const { idempotencyKey } = strictBody(PlainWriteBody, raw);
    const idempotency = idempotencyOf(request, idempotencyKey ?? undefined);
    const named = { section: this.section, key: keyOf(request), ifVersion: expectedVersion(request) };
    const command = { ...place, ...named, archived, force: flag(query, 'force'), idempotency };
    sendVersioned(reply, await this.messenger.requestRaw(archiveCatalogObject, command));
  }
}

@Controller(`${game}/items`)
export class ItemsController extends CatalogSectionController {
  protected readonly section = 'items';

  constructor(messenger: Messenger) {
    super(messenger);
  }
}

@Controller(`${game}/item-types`)
export class ItemTypesController extends CatalogSectionController {
  protected readonly section = 'itemTypes';

  constructor(messenger: Messenger) {
    super(messenger);
  }
}

@Controller(`${game}/currencies`)
export class CurrenciesController extends CatalogSectionController {
  protected readonly section = 'currencies';

  constructor(messenger: Messenger) {
    super(messenger);
  }
}

function keyOf(request: FastifyRequest): string {
  return (request.params as Record<string, string>)['key']!;
}
