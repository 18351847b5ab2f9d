import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { SimulateTableBody, SimulateUnsavedTableBody } from '@kraty/contracts/admin';
import { environments } from '@kraty/contracts/common';
import { compareOdds, readOdds, simulateTable } from '@kraty/contracts/grants';
import { Messenger } from '@kraty/platform/messaging';
import { sendRaw } from '../http/replies.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import { oneOf, type Query as QueryParameters } from '../validation/queries.js';
import { strictBody } from '../validation/strict-bodies.js';
import { authorized } from './authorized.js';
import { ByOperator } from './operator-access.js';
import { objectIdOf, RewardObjectsController } from './reward-objects.controller.js';

/** A hundred thousand rolls, or a look at as many, take their time. */
const patience = { deadlineMs: 20_000 };

/** Tables of a game, what they give on paper, and what they have given (04 §7). */
@Controller('admin/v1/studios/:studioId/games/:gameId/reward-tables')
export class RewardTablesController extends RewardObjectsController {
  protected readonly section = 'rewardTables';

  constructor(messenger: Messenger) {
    super(messenger);
  }

  @Post('simulate')
  @ByOperator()
  async simulateUnsaved(
    @Body() raw: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { table, opens, seed } = strictBody(SimulateUnsavedTableBody, raw);
    const { game } = await authorized(this.messenger, request, 'reward.simulate');
    const question = { game, table: { unsaved: table }, opens, seed: seed ?? null };
    sendRaw(reply, await this.messenger.requestRaw(simulateTable, question, patience));
  }

  @Post(':objectId/simulate')
  @ByOperator()
  async simulate(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { opens, seed } = strictBody(SimulateTableBody, raw);
    const { game } = await authorized(this.messenger, request, 'reward.simulate');
    const question = { game, table: { id: objectIdOf(request) }, opens, seed: seed ?? null };
    sendRaw(reply, await this.messenger.requestRaw(simulateTable, question, patience));
  }

  @Get(':objectId/odds')
  @ByOperator()
  async odds(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { game } = await authorized(this.messenger, request, 'reward.read');
    sendRaw(reply, await this.messenger.requestRaw(readOdds, { game, tableKey: objectIdOf(request) }));
  }

  @Get(':objectId/odds-report')
  @ByOperator()
  async compare(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const environment = oneOf(query, 'environment', environments) ?? 'live';
    const { game } = await authorized(this.messenger, request, 'reward.read');
    const question = { scope: { ...game, environment }, tableKey: objectIdOf(request) };
    sendRaw(reply, await this.messenger.requestRaw(compareOdds, question, patience));
  }
}
