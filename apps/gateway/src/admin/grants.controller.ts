import { Body, Controller, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ForceClaimBody, ManualGrantBody, RetryRewardRollBody } from '@kraty/contracts/admin';
import { environments, type PlayerRef, type Scope } from '@kraty/contracts/common';
import { createManualGrant, forceClaimGrant, plainEntries, retryRewardRoll } from '@kraty/contracts/grants';
import { resolvePlayer, type Operator, type Permission } from '@kraty/contracts/identity';
import { fail } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import { externalPlayerId } from '../access/external-id.js';
import { sendRaw } from '../http/replies.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import { idempotencyOf } from '../sdk/idempotency.js';
import { oneOf, type Query as QueryParameters } from '../validation/queries.js';
import { strictBody } from '../validation/strict-bodies.js';
import { authorized } from './authorized.js';
import { ByOperator } from './operator-access.js';

/** What operators do with grants (04 §8.3); a member's own session only (04 §2). */
@Controller('admin/v1/studios/:studioId/games/:gameId')
export class AdminGrantsController {
  constructor(private readonly messenger: Messenger) {}

  @Post('grants')
  @ByOperator()
  async create(
    @Body() raw: unknown,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = strictBody(ManualGrantBody, raw);
    const { operator, scope } = await this.place(request, query, 'grant.manual_create');
    const player = await this.playerOf(scope, externalPlayerId(body.externalPlayerId, 'body.externalPlayerId'));
    const { kind, entries, expiresAt, metadata, sourceRefId, reason } = body;
    const grant = {
      kind: kind ?? ('reward' as const),
      entries: plainEntries(entries),
      expiresAt: expiresAt ?? null,
      metadata: metadata ?? null,
    };
    const idempotency = idempotencyOf(request, body.idempotencyKey ?? undefined);
    const command = { operator, scope, player, grant, sourceRefId: sourceRefId ?? null, reason: reason.trim() };
    sendRaw(reply, await this.messenger.requestRaw(createManualGrant, { ...command, idempotency }));
  }

  @Post('grants/:grantId/force-claim')
  @ByOperator()
  async forceClaim(
    @Param('grantId') grantId: string,
    @Body() raw: unknown,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { reason, idempotencyKey } = strictBody(ForceClaimBody, raw);
    const place = await this.place(request, query, 'grant.manual_force_claim');
    const idempotency = idempotencyOf(request, idempotencyKey ?? undefined);
    const command = { ...place, grantId: grantId.toLowerCase(), reason: reason.trim(), idempotency };
    sendRaw(reply, await this.messenger.requestRaw(forceClaimGrant, command));
  }

  @Post('attempts/:attemptId/retry-reward-roll')
  @ByOperator()
  async retryRoll(
    @Param('attemptId') attemptId: string,
    @Body() raw: unknown,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { reason, idempotencyKey } = strictBody(RetryRewardRollBody, raw);
    const place = await this.place(request, query, 'grant.retry_reward_roll');
    const idempotency = idempotencyOf(request, idempotencyKey ?? undefined);
    const command = { ...place, attemptId: attemptId.toLowerCase(), reason: reason?.trim() ?? null, idempotency };
    sendRaw(reply, await this.messenger.requestRaw(retryRewardRoll, command));
  }

  private async place(
    request: FastifyRequest,
    query: QueryParameters,
    permission: Permission,
  ): Promise<{ operator: Operator; scope: Scope }> {
    const environment = oneOf(query, 'environment', environments) ?? 'live';
    const { operator, game } = await authorized(this.messenger, request, permission, { sessionOnly: true });
    return { operator, scope: { ...game, environment } };
  }

  /** @throws not_found for a player the game and environment do not know */
  private async playerOf(scope: Scope, externalId: string): Promise<PlayerRef> {
    const { player } = await this.messenger.request(resolvePlayer, { scope, externalPlayerId: externalId });
    if (!player) throw fail('not_found', 'there is no such player', { resource: 'player' });
    return { playerId: player.playerId, externalPlayerId: player.externalPlayerId };
  }
}
