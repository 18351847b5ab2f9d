import { Body, Controller, Delete, Get, Post, Query, Req, Res } from '@nestjs/common';
import { PlainWriteBody, ReasonedBody } from '@kraty/contracts/admin';
import type { Scope } from '@kraty/contracts/common';
import {
  inspectRankedList,
  listRankedLists,
  readBoardHistory,
  readScoreDistribution,
  rebuildRankedList,
  removeEntry,
} from '@kraty/contracts/leaderboards';
import { fail } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import { externalPlayerId } from '../access/external-id.js';
import { Players } from '../access/players.service.js';
import { sendData, sendPage } from '../http/replies.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import {
  boundedInteger,
  invalid,
  listLimit,
  oneOf,
  shortText,
  single,
  type Query as QueryParameters,
} from '../validation/queries.js';
import { strictBody } from '../validation/strict-bodies.js';
import { authorized } from './authorized.js';
import { environmentOf } from './events.controller.js';
import { namedList } from './named-list.js';
import { ByOperator } from './operator-access.js';
import { cursorOf } from './pages.js';
import { idOf } from './place.js';

const kinds = ['leaderboard', 'event_leaderboard'] as const;
const ranges = ['1h', '6h', '24h', '7d'] as const;
const hourMs = 3_600_000;
const rangesMs = { '1h': hourMs, '6h': 6 * hourMs, '24h': 24 * hourMs, '7d': 7 * 24 * hourMs };
const seriesTop = { max: 20, default: 10 };
const buckets = { min: 5, max: 100, default: 20 };

/** Ranked lists as they stand (04 §6). */
@Controller('admin/v1/studios/:studioId/games/:gameId/boards')
export class BoardsController {
  constructor(
    private readonly messenger: Messenger,
    private readonly players: Players,
  ) {}

  @Get()
  @ByOperator()
  async list(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { game } = await authorized(this.messenger, request, 'leaderboard.read');
    const { boards, nextCursor } = await this.messenger.request(listRankedLists, {
      scope: { ...game, environment: environmentOf(query) },
      kind: oneOf(query, 'kind', kinds) ?? null,
      q: shortText(query, 'q') ?? null,
      limit: listLimit(query),
      cursor: cursorOf(query),
    });
    sendPage(reply, boards, nextCursor);
  }

  @Get(':leaderboardId')
  @ByOperator()
  async inspect(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { named } = await namedList(this.messenger, request, query, 'leaderboard.read');
    const aroundPlayerId = await this.player(named.scope, query, 'around');
    const asked = { ...named, limit: listLimit(query), aroundPlayerId };
    sendData(reply, await this.messenger.request(inspectRankedList, asked));
  }

  @Delete(':leaderboardId/entries/:participantId')
  @ByOperator()
  async remove(
    @Body() raw: unknown,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { named, operator } = await namedList(this.messenger, request, query, 'leaderboard.entry_remove');
    const { reason } = strictBody(ReasonedBody, raw ?? {});
    const command = { ...named, operator, participantId: idOf(request, 'participantId'), reason };
    sendData(reply, await this.messenger.request(removeEntry, command));
  }

  @Get(':leaderboardId/distribution')
  @ByOperator()
  async distribution(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { named } = await namedList(this.messenger, request, query, 'leaderboard.read');
    const wanted = boundedInteger(query, 'buckets', buckets.max) ?? buckets.default;
    if (wanted < buckets.min) throw invalid('buckets', 'range', `must be from ${buckets.min} to ${buckets.max}`);
    sendData(reply, await this.messenger.request(readScoreDistribution, { ...named, buckets: wanted }));
  }

  @Get(':leaderboardId/history')
  @ByOperator()
  async history(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { named } = await namedList(this.messenger, request, query, 'leaderboard.read');
    const top = boundedInteger(query, 'top', seriesTop.max) ?? seriesTop.default;
    const playerId = await this.player(named.scope, query, 'externalId');
    const rangeMs = rangesMs[oneOf(query, 'range', ranges) ?? '24h'];
    sendData(reply, await this.messenger.request(readBoardHistory, { ...named, top, playerId, rangeMs }));
  }

  @Post(':leaderboardId/rebuild')
  @ByOperator()
  async rebuild(
    @Body() raw: unknown,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { named, operator } = await namedList(this.messenger, request, query, 'leaderboard.manage');
    strictBody(PlainWriteBody, raw ?? {});
    sendData(reply, await this.messenger.request(rebuildRankedList, { ...named, operator }), 202);
  }

  private async player(scope: Scope, query: QueryParameters, name: string): Promise<string | null> {
    const externalId = single(query, name);
    if (externalId === undefined || externalId === '') return null;
    const player = await this.players.find(scope, externalPlayerId(externalId, `query.${name}`));
    if (!player) throw fail('not_found', 'there is no such player', { resource: 'player' });
    return player.playerId;
  }
}
