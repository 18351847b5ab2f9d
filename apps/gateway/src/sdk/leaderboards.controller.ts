import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { uuidShapePattern } from '@kraty/contracts/common';
import { fail } from '@kraty/platform/errors';
import { KeyRead } from '../access/access.js';
import { externalPlayerId } from '../access/external-id.js';
import { sendJsonText } from '../http/replies.js';
import { scopeOf, type FastifyReply, type FastifyRequest } from '../http/request-context.js';
import { flag, invalid, keyList, listLimit, single, type Query as QueryParameters } from '../validation/queries.js';
import { definedBoardRead } from './defined-board-query.js';
import { Leaderboards } from './leaderboards.service.js';

/** Boards under both route families (02 §7.0). */
@Controller('sdk/v1')
export class LeaderboardsController {
  constructor(private readonly leaderboards: Leaderboards) {}

  /** A UUID names the board of an event, anything else a board the game has defined. */
  @Get('leaderboards/:leaderboard')
  @KeyRead()
  async readAny(
    @Param('leaderboard') leaderboard: string,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (uuidShapePattern.test(leaderboard)) await this.read(leaderboard, query, request, reply);
    else sendJsonText(reply, await this.leaderboards.readDefined(definedBoardRead(request, leaderboard, query)));
  }

  @Get('event-leaderboards/:leaderboardId')
  @KeyRead()
  async readEventBoard(
    @Param('leaderboardId') leaderboardId: string,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    refuseOddId(leaderboardId);
    await this.read(leaderboardId, query, request, reply);
  }

  private async read(
    leaderboardId: string,
    query: QueryParameters,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const limit = listLimit(query);
    const progression = keyList(query, 'progression');
    const self = selfOf(query);
    const read = { scope: scopeOf(request), leaderboardId: leaderboardId.toLowerCase(), limit, progression, self };
    sendJsonText(reply, await this.leaderboards.read(read));
  }
}

/** `externalId` is required with `includeSelf` and ignored without (02 §7.1). */
function selfOf(query: QueryParameters): string | null {
  const wanted = flag(query, 'includeSelf');
  const id = single(query, 'externalId');
  if (!wanted) return null;
  if (id === undefined || id === '') throw invalid('externalId', 'required', 'is required with includeSelf');
  return externalPlayerId(id, 'query.externalId');
}

export function unknownBoard() {
  return fail('not_found', 'there is no such leaderboard', { resource: 'leaderboard' });
}

/** Under `/event-leaderboards` an id of another shape is a mistake, not a missing board (01 §12). */
export function refuseOddId(leaderboardId: string): void {
  if (uuidShapePattern.test(leaderboardId)) return;
  const issue = { path: 'path.id', code: 'format', message: 'must be a UUID' };
  throw fail('validation_failed', 'path.id must be a UUID', { issues: [issue] });
}
