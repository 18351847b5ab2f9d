import { Injectable } from '@nestjs/common';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { ensurePlayer, learnCountry } from '@kraty/contracts/identity';
import { Logger } from '@kraty/platform/logging';
import { Messenger } from '@kraty/platform/messaging';
import { GatewayConfiguration } from '../gateway.configuration.js';
import { countryOf } from '../http/country.js';
import { externalPlayerIdOf, playerOf, scopeOf, type FastifyRequest } from '../http/request-context.js';
import { Players } from './players.service.js';

/** What the requests that bring a player into play leave with it: its row, and its country (12 §§2, 9). */
@Injectable()
export class FirstContacts {
  constructor(
    private readonly messenger: Messenger,
    private readonly players: Players,
    private readonly configuration: GatewayConfiguration,
    private readonly logger: Logger,
  ) {}

  /** The player of a start; made here when nobody knows it, which only happens where no secrets are required. */
  async starting(request: FastifyRequest): Promise<PlayerRef> {
    if (request.kraty.player === undefined) return this.ensure(scopeOf(request), request);
    this.learnCountry(request);
    return playerOf(request);
  }

  /**
   * For routes that resolve a country still unknown: start, join and score. Nobody waits, and losing one is harmless.
   *
   * @returns the country the player has, or gets by this request
   */
  learnCountry(request: FastifyRequest): string | null {
    const { player } = request.kraty;
    const country = countryOf(request, this.configuration.countryHeader);
    if (player === undefined) return null;
    if (player.country !== null || country === null) return player.country;
    this.messenger.request(learnCountry, { scope: scopeOf(request), playerId: player.playerId, country }).then(
      () => (player.country = country),
      (error: unknown) =>
        this.logger.debug({ err: error }, 'the country of a player was not kept; its next start tries again'),
    );
    return country;
  }

  private async ensure(scope: Scope, request: FastifyRequest): Promise<PlayerRef> {
    const externalPlayerId = externalPlayerIdOf(request);
    const country = countryOf(request, this.configuration.countryHeader);
    const { player } = await this.messenger.request(ensurePlayer, { scope, externalPlayerId, country });
    this.players.forget(scope, externalPlayerId);
    return { playerId: player.playerId, externalPlayerId };
  }
}
