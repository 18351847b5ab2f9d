import { Controller } from '@nestjs/common';
import type { Iso, Scope } from '@kraty/contracts/common';
import {
  ensurePlayer,
  learnCountry,
  markSecretUsed,
  readProfiles,
  registerPlayer,
  resolvePlayer,
  touchPlayers,
  type RegisterPlayer,
} from '@kraty/contracts/identity';
import { HandleRequest, reply } from '@kraty/platform/messaging';
import { FirstContactService } from './first-contact.service.js';
import { PlayersService } from './players.service.js';
import { RegistrationService } from './registration.service.js';

@Controller()
export class PlayersHandler {
  constructor(
    private readonly registrations: RegistrationService,
    private readonly players: PlayersService,
    private readonly firstContact: FirstContactService,
  ) {}

  @HandleRequest(registerPlayer)
  async register(call: RegisterPlayer) {
    return reply(await this.registrations.register(call), { status: 201 });
  }

  @HandleRequest(resolvePlayer)
  async resolve({ scope, externalPlayerId }: { scope: Scope; externalPlayerId: string }) {
    return { player: await this.players.resolve(scope, externalPlayerId) };
  }

  @HandleRequest(ensurePlayer)
  async ensure(call: { scope: Scope; externalPlayerId: string; country: string | null }) {
    return { player: await this.firstContact.ensure(call.scope, call.externalPlayerId, call.country) };
  }

  @HandleRequest(learnCountry)
  async learnCountry({ scope, playerId, country }: { scope: Scope; playerId: string; country: string }) {
    return { learnt: await this.firstContact.learnCountry(scope, playerId, country) };
  }

  @HandleRequest(markSecretUsed)
  async markSecretUsed({ scope, playerId, secretHash }: { scope: Scope; playerId: string; secretHash: string }) {
    return { marked: await this.players.markSecretUsed(scope, playerId, secretHash) };
  }

  @HandleRequest(touchPlayers)
  async touch({ players }: { players: { scope: Scope; playerId: string; seenAt: Iso }[] }) {
    return { touched: await this.players.touch(players) };
  }

  @HandleRequest(readProfiles)
  async readProfiles({ scope, playerIds }: { scope: Scope; playerIds: string[] }) {
    return { profiles: await this.players.profiles(scope, playerIds) };
  }
}
