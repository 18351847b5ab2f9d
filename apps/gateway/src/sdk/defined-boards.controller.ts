import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { uuidShapePattern } from '@kraty/contracts/common';
import {
  boardLimits,
  joinDefinedBoard,
  joinEventBoard,
  readBoardPeriods,
  submitScore,
} from '@kraty/contracts/leaderboards';
import { JoinBoardBody, JoinEventBoardBody, SubmitScoreBody } from '@kraty/contracts/sdk';
import { Messenger } from '@kraty/platform/messaging';
import { KeyRead, PlayerWrite } from '../access/access.js';
import { FirstContacts } from '../access/first-contacts.service.js';
import { sendData, sendJsonText, sendRaw } from '../http/replies.js';
import {
  externalPlayerIdOf,
  playerOf,
  scopeOf,
  type FastifyReply,
  type FastifyRequest,
} from '../http/request-context.js';
import { validBody } from '../validation/bodies.js';
import { boundedInteger, listLimit, type Query as QueryParameters } from '../validation/queries.js';
import { definedBoardRead, standingsRead } from './defined-board-query.js';
import { idempotencyOf } from './idempotency.js';
import { refuseOddId, unknownBoard } from './leaderboards.controller.js';
import { Leaderboards } from './leaderboards.service.js';

/** Boards the game has defined, for newer and older libraries, and what players do on boards (02 §§7.3–7.8). */
@Controller('sdk/v1')
export class DefinedBoardsController {
  constructor(
    private readonly leaderboards: Leaderboards,
    private readonly messenger: Messenger,
    private readonly firstContacts: FirstContacts,
  ) {}

  @Get('shared-leaderboards/:boardKey')
  @KeyRead()
  async readShared(
    @Param('boardKey') key: string,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    refuseId(key);
    sendJsonText(reply, await this.leaderboards.readDefined(definedBoardRead(request, key, query)));
  }

  @Get('leaderboards/:boardKey/standings')
  @KeyRead()
  async standings(
    @Param('boardKey') key: string,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    refuseId(key);
    sendData(reply, await this.leaderboards.standings(standingsRead(request, key, query)));
  }

  @Get('leaderboards/:boardKey/periods')
  @KeyRead()
  async periods(
    @Param('boardKey') key: string,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.sendPeriods(key, query, request, reply);
  }

  @Get('shared-leaderboards/:boardKey/periods')
  @KeyRead()
  async sharedPeriods(
    @Param('boardKey') key: string,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.sendPeriods(key, query, request, reply);
  }

  @Post('players/:externalId/leaderboards/:boardKey/score')
  @PlayerWrite()
  async submit(
    @Param('boardKey') key: string,
    @Body() raw: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { value, segment, idempotencyKey } = validBody(SubmitScoreBody, raw);
    const command = {
      scope: scopeOf(request),
      player: playerOf(request),
      country: this.firstContacts.learnCountry(request),
      key,
      value,
      segment: segment ?? null,
      surface: 'client' as const,
      idempotency: idempotencyOf(request, idempotencyKey),
    };
    sendRaw(reply, await this.messenger.requestRaw(submitScore, command));
  }

  @Post('players/:externalId/leaderboards/:boardKey/join')
  @PlayerWrite()
  async join(
    @Param('boardKey') key: string,
    @Query() query: QueryParameters,
    @Body() raw: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const limit = listLimit(query);
    const { segment } = validBody(JoinBoardBody, raw);
    const country = this.firstContacts.learnCountry(request);
    const command = {
      scope: scopeOf(request),
      player: playerOf(request),
      country,
      key,
      segment: segment ?? null,
      limit,
    };
    const view = await this.messenger.request(joinDefinedBoard, command);
    sendJsonText(reply, this.leaderboards.renderOwn(view, externalPlayerIdOf(request)));
  }

  @Post('players/:externalId/event-leaderboards/:leaderboardId/join')
  @PlayerWrite()
  async joinEvent(
    @Param('leaderboardId') id: string,
    @Query() query: QueryParameters,
    @Body() raw: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    refuseOddId(id);
    const limit = listLimit(query);
    validBody(JoinEventBoardBody, raw);
    this.firstContacts.learnCountry(request);
    const command = { scope: scopeOf(request), player: playerOf(request), leaderboardId: id.toLowerCase(), limit };
    const view = await this.messenger.request(joinEventBoard, command);
    sendJsonText(reply, this.leaderboards.renderOwn(view, externalPlayerIdOf(request)));
  }

  private async sendPeriods(
    key: string,
    query: QueryParameters,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    refuseId(key);
    const { periodsPerReadDefault, periodsPerReadMax } = boardLimits;
    const limit = boundedInteger(query, 'limit', periodsPerReadMax) ?? periodsPerReadDefault;
    sendData(reply, await this.messenger.request(readBoardPeriods, { scope: scopeOf(request), key, limit }));
  }
}

/** The id of a board is not taken in place of its key (02 §7.0). */
function refuseId(key: string): void {
  if (uuidShapePattern.test(key)) throw unknownBoard();
}
