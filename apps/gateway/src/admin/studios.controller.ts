import { Body, Controller, Delete, Get, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { CreateStudioBody, PlainWriteBody, UpdateStudioBody } from '@kraty/contracts/admin';
import { createStudio, deleteStudio, listStudios, readStudio, updateStudio } from '@kraty/contracts/identity';
import { Messenger } from '@kraty/platform/messaging';
import { sendData, sendNothing } from '../http/replies.js';
import { operatorOf, type FastifyReply, type FastifyRequest } from '../http/request-context.js';
import type { Query as QueryParameters } from '../validation/queries.js';
import { strictBody } from '../validation/strict-bodies.js';
import { ByOperator } from './operator-access.js';
import { sendPageOf } from './pages.js';
import { studioOf } from './place.js';

/** 04 §4. */
@Controller('admin/v1/studios')
export class StudiosController {
  constructor(private readonly messenger: Messenger) {}

  @Get()
  @ByOperator()
  async list(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendPageOf(reply, await this.messenger.request(listStudios, { operator: operatorOf(request) }), query);
  }

  @Post()
  @ByOperator()
  async create(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { name, slug } = strictBody(CreateStudioBody, raw);
    sendData(reply, await this.messenger.request(createStudio, { operator: operatorOf(request), name, slug }), 201);
  }

  @Get(':studioId')
  @ByOperator()
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendData(reply, await this.messenger.request(readStudio, studioOf(request)));
  }

  @Patch(':studioId')
  @ByOperator()
  async update(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { name, slug } = strictBody(UpdateStudioBody, raw);
    const changes = { name: name ?? undefined, slug: slug ?? undefined };
    sendData(reply, await this.messenger.request(updateStudio, { ...studioOf(request), ...changes }));
  }

  @Delete(':studioId')
  @ByOperator()
  async delete(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    strictBody(PlainWriteBody, raw);
    await this.messenger.request(deleteStudio, studioOf(request));
    sendNothing(reply);
  }
}
