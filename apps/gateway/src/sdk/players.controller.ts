import { Body, Controller, Post, Query, Req, Res } from '@nestjs/common';
import { registerPlayer } from '@kraty/contracts/identity';
import { RegisterBody } from '@kraty/contracts/sdk';
import { Messenger } from '@kraty/platform/messaging';
import { KeyWrite } from '../access/access.js';
import { Players } from '../access/players.service.js';
import { GatewayConfiguration } from '../gateway.configuration.js';
import { countryOf } from '../http/country.js';
import { sendData } from '../http/replies.js';
import { externalPlayerIdOf, scopeOf, type FastifyReply, type FastifyRequest } from '../http/request-context.js';
import { validBody } from '../validation/bodies.js';
import { single, type Query as QueryParameters } from '../validation/queries.js';

/** Registration, which hands out the player secret (02 §9). */
@Controller('sdk/v1/players/:externalId')
export class PlayersController {
  constructor(
    private readonly messenger: Messenger,
    private readonly players: Players,
    private readonly configuration: GatewayConfiguration,
  ) {}

  @Post('register')
  @KeyWrite()
  async register(
    @Body() raw: unknown,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = validBody(RegisterBody, raw);
    const force = single(query, 'force');
    const scope = scopeOf(request);
    const externalPlayerId = externalPlayerIdOf(request);
    const registration = await this.messenger.request(registerPlayer, {
      scope,
      externalPlayerId,
      force: force === 'true' || force === '1',
      idempotencyKey: body.idempotencyKey || null,
      country: countryOf(request, this.configuration.countryHeader),
    });
    this.players.forget(scope, externalPlayerId);
    sendData(reply, registration, 201);
  }
}
