import { Body, Controller, Get, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { CreateGameBody, PlainWriteBody, UpdateGameBody } from '@kraty/contracts/admin';
import {
  archiveGame,
  createGame,
  listEnvironments,
  listGames,
  readGame,
  unarchiveGame,
  updateGame,
  type Game,
} from '@kraty/contracts/identity';
import { Messenger } from '@kraty/platform/messaging';
import { entityTag, sendData } from '../http/replies.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import type { Query as QueryParameters } from '../validation/queries.js';
import { strictBody } from '../validation/strict-bodies.js';
import { expectedVersion } from './if-match.js';
import { ByOperator } from './operator-access.js';
import { sendPageOf, sendWhole } from './pages.js';
import { gameOf, studioOf } from './place.js';

/** 04 §4. */
@Controller('admin/v1/studios/:studioId/games')
export class GamesController {
  constructor(private readonly messenger: Messenger) {}

  @Get()
  @ByOperator()
  async list(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendPageOf(reply, await this.messenger.request(listGames, studioOf(request)), query);
  }

  @Post()
  @ByOperator()
  async create(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { displayName, slug } = strictBody(CreateGameBody, raw);
    sendGame(reply, await this.messenger.request(createGame, { ...studioOf(request), displayName, slug }), 201);
  }

  @Get(':gameId')
  @ByOperator()
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendGame(reply, await this.messenger.request(readGame, gameOf(request)));
  }

  @Patch(':gameId')
  @ByOperator()
  async update(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { displayName, slug } = strictBody(UpdateGameBody, raw);
    const changes = { displayName: displayName ?? undefined, slug: slug ?? undefined };
    const command = { ...gameOf(request), version: expectedVersion(request), ...changes };
    sendGame(reply, await this.messenger.request(updateGame, command));
  }

  @Post(':gameId/archive')
  @ByOperator()
  async archive(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    strictBody(PlainWriteBody, raw);
    const command = { ...gameOf(request), version: expectedVersion(request) };
    sendGame(reply, await this.messenger.request(archiveGame, command));
  }

  @Post(':gameId/unarchive')
  @ByOperator()
  async unarchive(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    strictBody(PlainWriteBody, raw);
    const command = { ...gameOf(request), version: expectedVersion(request) };
    sendGame(reply, await this.messenger.request(unarchiveGame, command));
  }

  @Get(':gameId/environments')
  @ByOperator()
  async environments(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendWhole(reply, await this.messenger.request(listEnvironments, gameOf(request)));
  }
}

function sendGame(reply: FastifyReply, game: Game, status = 200): void {
  sendData(reply.header('etag', entityTag(game.version)), game, status);
}
