import { Body, Controller, Param, Post, Query, Req, Res } from '@nestjs/common';
import { AdjustInventoryBody, AdjustWalletBody } from '@kraty/contracts/admin';
import { environments, type PlayerRef, type Scope } from '@kraty/contracts/common';
import { adjustHoldingByOperator, type ResourceType } from '@kraty/contracts/economy';
import { resolvePlayer, type Operator, type Permission } from '@kraty/contracts/identity';
import { fail } from '@kraty/platform/errors';
import { Messenger, type RawReply } from '@kraty/platform/messaging';
import { externalPlayerId } from '../access/external-id.js';
import { sendData } from '../http/replies.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import { idempotencyOf } from '../sdk/idempotency.js';
import { oneOf, type Query as QueryParameters } from '../validation/queries.js';
import { strictBody } from '../validation/strict-bodies.js';
import { authorized } from './authorized.js';
import { ByOperator } from './operator-access.js';

/** What one support action is made of, beside the reason. */
interface Action {
  permission: Permission;
  type: ResourceType;
  /** 1 gives, −1 takes. */
  sign: 1 | -1;
}

interface Told {
  query: QueryParameters;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** What members give to and take from players (04 §8.4); never with an access token. */
@Controller('admin/v1/studios/:studioId/games/:gameId/players/:externalId')
export class AdjustmentsController {
  constructor(private readonly messenger: Messenger) {}

  @Post('wallet/:key/credit')
  @ByOperator()
  async credit(
    @Param('key') key: string,
    @Body() raw: unknown,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const action: Action = { permission: 'wallet.manual_credit', type: 'economy', sign: 1 };
    await this.adjustWallet(action, key, raw, { query, request, reply });
  }

  @Post('wallet/:key/debit')
  @ByOperator()
  async debit(
    @Param('key') key: string,
    @Body() raw: unknown,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const action: Action = { permission: 'wallet.manual_debit', type: 'economy', sign: -1 };
    await this.adjustWallet(action, key, raw, { query, request, reply });
  }

  @Post('inventory/:key/grant')
  @ByOperator()
  async grant(
    @Param('key') key: string,
    @Body() raw: unknown,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const action: Action = { permission: 'inventory.manual_grant', type: 'item', sign: 1 };
    await this.adjustInventory(action, key, raw, { query, request, reply });
  }

  @Post('inventory/:key/revoke')
  @ByOperator()
  async revoke(
    @Param('key') key: string,
    @Body() raw: unknown,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const action: Action = { permission: 'inventory.manual_revoke', type: 'item', sign: -1 };
    await this.adjustInventory(action, key, raw, { query, request, reply });
  }

  private async adjustWallet(action: Action, economyKey: string, raw: unknown, told: Told): Promise<void> {
    const place = await this.placeOf(action, told);
    const { amount, ...said } = strictBody(AdjustWalletBody, raw);
    const answer = await this.adjust({ ...place, ...action, key: economyKey, amount, ...said }, told.request);
    const { amount: balance, applied, auditId } = valueOf(answer);
    send(told.reply, answer, { economyKey, balance, applied, auditId });
  }

  private async adjustInventory(action: Action, itemKey: string, raw: unknown, told: Told): Promise<void> {
    const place = await this.placeOf(action, told);
    const { quantity: amount, ...said } = strictBody(AdjustInventoryBody, raw);
    const answer = await this.adjust({ ...place, ...action, key: itemKey, amount, ...said }, told.request);
    const { amount: quantity, applied, auditId } = valueOf(answer);
    send(told.reply, answer, { itemKey, quantity, applied, auditId });
  }

  /** @throws not_found for a player the game and environment do not know */
  private async placeOf(
    { permission }: Action,
    { query, request }: Told,
  ): Promise<{ operator: Operator; scope: Scope; player: PlayerRef }> {
    const { operator, game } = await authorized(this.messenger, request, permission, { sessionOnly: true });
    const scope: Scope = { ...game, environment: oneOf(query, 'environment', environments) ?? 'live' };
    const { externalId } = request.params as { externalId: string };
    const named = externalPlayerId(externalId, 'path.externalId');
    // Routes of operators name players; what keys are bound to is the name as it is kept.
    request.kraty.externalPlayerId = named;
    const { player } = await this.messenger.request(resolvePlayer, { scope, externalPlayerId: named });
    if (!player) throw fail('not_found', 'there is no such player', { resource: 'player' });
    return { operator, scope, player: { playerId: player.playerId, externalPlayerId: player.externalPlayerId } };
  }

  private adjust(
    action: Action & {
      operator: Operator;
      scope: Scope;
      player: PlayerRef;
      key: string;
      amount: number;
      reason: string;
      sourceRefId?: string | null;
      idempotencyKey?: string;
    },
    request: FastifyRequest,
  ): Promise<RawReply> {
    const { operator, scope, player, type, key, sign, amount, reason, sourceRefId, idempotencyKey } = action;
    return this.messenger.requestRaw(adjustHoldingByOperator, {
      ...{ operator, scope, player, type, key, delta: sign * amount },
      reason: reason.trim(),
      sourceRefId: sourceRefId ?? null,
      idempotency: idempotencyOf(request, idempotencyKey ?? undefined),
    });
  }
}

function valueOf({ bytes }: RawReply): { amount: number; applied: boolean; auditId: string } {
  return JSON.parse(Buffer.from(bytes).toString()) as { amount: number; applied: boolean; auditId: string };
}

function send(reply: FastifyReply, { replayed }: RawReply, data: object): void {
  sendData(replayed ? reply.header('idempotency-replayed', 'true') : reply, data);
}
