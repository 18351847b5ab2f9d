import { Controller } from '@nestjs/common';
import {
  archiveGame,
  createGame,
  listEnvironments,
  listGames,
  readGame,
  readSettings,
  unarchiveGame,
  updateGame,
  updateSettings,
  type GameSettings,
  type Operator,
} from '@kraty/contracts/identity';
import { HandleRequest } from '@kraty/platform/messaging';
import { GamesService, type ChangeOfGame, type OneGame } from './games.service.js';

@Controller()
export class GamesHandler {
  constructor(private readonly games: GamesService) {}

  @HandleRequest(listGames)
  list({ operator, studioId }: { operator: Operator; studioId: string }) {
    return this.games.list(operator, studioId);
  }

  @HandleRequest(createGame)
  create(call: { operator: Operator; studioId: string; displayName: string; slug: string }) {
    return this.games.create(call.operator, call.studioId, call.displayName, call.slug);
  }

  @HandleRequest(readGame)
  read(call: OneGame) {
    return this.games.read(call);
  }

  @HandleRequest(updateGame)
  update({ displayName, slug, ...call }: ChangeOfGame & { displayName?: string; slug?: string }) {
    return this.games.update(call, { displayName, slug });
  }

  @HandleRequest(archiveGame)
  archive(call: ChangeOfGame) {
    return this.games.archive(call);
  }

  @HandleRequest(unarchiveGame)
  unarchive(call: ChangeOfGame) {
    return this.games.unarchive(call);
  }

  @HandleRequest(listEnvironments)
  environments(call: OneGame) {
    return this.games.environments(call);
  }

  @HandleRequest(readSettings)
  readSettings(call: OneGame) {
    return this.games.readSettings(call);
  }

  @HandleRequest(updateSettings)
  updateSettings({ changes, ...call }: ChangeOfGame & { changes: Partial<GameSettings> }) {
    return this.games.updateSettings(call, changes);
  }
}
