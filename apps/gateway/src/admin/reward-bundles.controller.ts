import { Body, Controller, Get, Post, Put, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import type { Query as QueryParameters } from '../validation/queries.js';
import { ByOperator } from './operator-access.js';
import { RewardObjects } from './reward-objects.service.js';

/** Bundles of a game (04 §7). */
@Controller('admin/v1/studios/:studioId/games/:gameId/reward-bundles')
export class RewardBundlesController {
  constructor(private readonly rewards: RewardObjects) {}

  @Get()
  @ByOperator()
  async list(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.rewards.list('rewardBundles', query, request, reply);
  }

  @Post()
  @ByOperator()
  async create(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.rewards.create('rewardBundles', raw, request, reply);
  }

  @Get(':objectId')
  @ByOperator()
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.rewards.read('rewardBundles', request, reply);
  }

  @Put(':objectId')
  @ByOperator()
  async replace(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.rewards.replace('rewardBundles', raw, request, reply);
  }

  @Get(':objectId/usages')
  @ByOperator()
  async usages(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.rewards.usages('rewardBundles', request, reply);
  }

  @Post(':objectId/archive')
  @ByOperator()
  async archive(
    @Body() raw: unknown,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.rewards.archive('rewardBundles', true, { raw, query, request, reply });
  }

  @Post(':objectId/unarchive')
  @ByOperator()
  async unarchive(
    @Body() raw: unknown,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.rewards.archive('rewardBundles', false, { raw, query, request, reply });
  }
}
