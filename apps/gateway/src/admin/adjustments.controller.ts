import { Controller, Post, Req, Res } from '@nestjs/common';
import { AdjustInventoryBody, AdjustWalletBody } from '@kraty/contracts/admin';
import { environments, type PlayerRef, type Scope } from '@kraty/contracts/common';
import { adjustHoldingByOperator, type Adjusted, type ResourceType } from '@kraty/contracts/economy';
import { resolvePlayer, type Operator, type Permission } from '@kraty/contracts/identity';
import { fail } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import { externalPlayerId } from '../access/external-id.js';
import { sendData } from '../http/replies.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import { idempotencyOf } from '../sdk/idempotency.js';
import { oneOf, type Query } from '../validation/queries.js';
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

/** Whose holding of what, in which environment, and who changes it. */
interface Place {
  operator: Operator;
  scope: Scope;
  player: PlayerRef;
  key: string;
}

/** What members give to and take from players (04 §8.4); never with an access token. */
@Controller('admin/v1/studios/:studioId/games/:gameId/players/:externalId')
export class AdjustmentsController {
  constructor(private readonly messenger: Messenger) {}

  @Post('wallet/:key/credit')
  @ByOperator()
  credit(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.adjustWallet({ permission: 'wallet.manual_credit', type: 'economy', sign: 1 }, request, reply);
  }

  @Post('wallet/:key/debit')
  @ByOperator()
  debit(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.adjustWallet({ permission: 'wallet.manual_debit', type: 'economy', sign: -1 }, request, reply);
  }

  @Post('inventory/:key/grant')
  @ByOperator()
  grant(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.adjustInventory({ permission: 'inventory.manual_grant', type: 'item', sign: 1 }, request, reply);
  }

  @Post('inventory/:key/revoke')
  @ByOperator()
  revoke(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.adjustInventory({ permission: 'inventory.manual_revoke', type: 'item', sign: -1 }, request, reply);
  }

  private async adjustWallet(action: Action, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const place = await this.placeOf(action, request);
    const { amount, ...said } = strictBody(AdjustWalletBody, request.body);
    const { value, replayed } = await this.adjust({ ...place, ...action, amount, ...said }, request);
    const { amount: balance, applied, auditId } = value;
    send(reply, replayed, { economyKey: place.key, balance, applied, auditId });
  }

  private async adjustInventory(action: Action, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const place = await this.placeOf(action, request);
    const { quantity: amount, ...said } = strictBody(AdjustInventoryBody, request.body);
    const { value, replayed } = await this.adjust({ ...place, ...action, amount, ...said }, request);
    const { amount: quantity, applied, auditId } = value;
    send(reply, replayed, { itemKey: place.key, quantity, applied, auditId });
  }

  /** @throws not_found for a player the game and environment do not know */
  private async placeOf({ permission }: Action, request: FastifyRequest): Promise<Place> {
    const { operator, game } = await authorized(this.messenger, request, permission, { sessionOnly: true });
    const environment = oneOf(request.query as Query, 'environment', environments) ?? 'live';
    const scope: Scope = { ...game, environment };
    const { externalId, key } = request.params as { externalId: string; key: string };
    const named = externalPlayerId(externalId, 'path.externalId');
    // Routes of operators name players; what keys are bound to is the name as it is kept.
    request.kraty.externalPlayerId = named;
    const { player } = await this.messenger.request(resolvePlayer, { scope, externalPlayerId: named });
    if (!player) throw fail('not_found', 'there is no such player', { resource: 'player' });
    const { playerId } = player;
    return { operator, scope, key, player: { playerId, externalPlayerId: player.externalPlayerId } };
  }

  private async adjust(
    asked: Action & Place & { amount: number; reason: string; sourceRefId?: string | null; idempotencyKey?: string },
    request: FastifyRequest,
  ): Promise<{ value: Adjusted & { auditId: string }; replayed: boolean }> {
    const { operator, scope, player, type, key, sign, amount, reason, sourceRefId, idempotencyKey } = asked;
    const { bytes, replayed } = await this.messenger.requestRaw(adjustHoldingByOperator, {
      ...{ operator, scope, player, type, key, delta: sign * amount },
      reason: reason.trim(),
      sourceRefId: sourceRefId ?? null,
      idempotency: idempotencyOf(request, idempotencyKey ?? undefined),
    });
    return { value: JSON.parse(Buffer.from(bytes).toString()) as Adjusted & { auditId: string }, replayed };
  }
}

function send(reply: FastifyReply, replayed: boolean, data: object): void {
  sendData(replayed ? reply.header('idempotency-replayed', 'true') : reply, data);
}
