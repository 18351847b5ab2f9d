import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { consumeItem, debitWallet, listInventory, listWallet, progressWallet } from '@kraty/contracts/economy';
import { ConsumeItemBody, DebitWalletBody, ProgressWalletBody } from '@kraty/contracts/sdk';
import { Messenger } from '@kraty/platform/messaging';
import { PlayerRead, PlayerWrite } from '../access/access.js';
import { sendRaw } from '../http/replies.js';
import { playerOf, scopeOf, type FastifyReply, type FastifyRequest } from '../http/request-context.js';
import { validBody } from '../validation/bodies.js';
import { idempotencyOf } from './idempotency.js';

/** What a player holds, and what it may spend of it itself (02 §§10–11). There is no credit here, by design. */
@Controller('sdk/v1/players/:externalId')
export class HoldingsController {
  constructor(private readonly messenger: Messenger) {}

  @Get('inventory')
  @PlayerRead()
  async inventory(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const question = { scope: scopeOf(request), playerId: playerOf(request).playerId };
    sendRaw(reply, await this.messenger.requestRaw(listInventory, question));
  }

  @Get('wallet')
  @PlayerRead()
  async wallet(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { playerId, externalPlayerId } = playerOf(request);
    const question = { scope: scopeOf(request), playerId, externalPlayerId };
    sendRaw(reply, await this.messenger.requestRaw(listWallet, question));
  }

  @Post('inventory/:itemKey/consume')
  @PlayerWrite()
  async consume(
    @Param('itemKey') itemKey: string,
    @Body() raw: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = validBody(ConsumeItemBody, raw);
    const command = { ...spending(request, body), itemKey, quantity: body.quantity };
    sendRaw(reply, await this.messenger.requestRaw(consumeItem, command));
  }

  @Post('wallet/:economyKey/progress')
  @PlayerWrite()
  async progress(
    @Param('economyKey') economyKey: string,
    @Body() raw: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = validBody(ProgressWalletBody, raw);
    const command = { ...spending(request, body), economyKey, amount: body.amount };
    sendRaw(reply, await this.messenger.requestRaw(progressWallet, command));
  }

  @Post('wallet/:economyKey/debit')
  @PlayerWrite()
  async debit(
    @Param('economyKey') economyKey: string,
    @Body() raw: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = validBody(DebitWalletBody, raw);
    const command = { ...spending(request, body), economyKey, amount: body.amount };
    sendRaw(reply, await this.messenger.requestRaw(debitWallet, command));
  }
}

/** Who spends, why, and under which key it is repeated. */
function spending(request: FastifyRequest, { reason, idempotencyKey }: { reason?: string; idempotencyKey?: string }) {
  return {
    scope: scopeOf(request),
    player: playerOf(request),
    reason: reason ?? null,
    idempotency: idempotencyOf(request, idempotencyKey),
  };
}
