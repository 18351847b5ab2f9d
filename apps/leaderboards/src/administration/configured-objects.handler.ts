import { Controller } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type { Operator } from '@kraty/contracts/identity';
import {
  archiveConfigured,
  importIdentities,
  listConfigured,
  readConfigured,
  saveConfigured,
  simulateBot,
  validateBot,
  type ArchiveConfigured,
  type ConfiguredSection,
  type SaveConfigured,
} from '@kraty/contracts/leaderboards';
import { HandleRequest } from '@kraty/platform/messaging';
import { BotSimulations } from './bot-simulations.service.js';
import { configuredBody, statedOf } from './configured-body.js';
import { ConfiguredObjects } from './configured-objects.service.js';
import { IdentityImports } from './identity-imports.service.js';
import { ConfiguredReads } from './configured-reads.service.js';

interface Named {
  game: GameScope;
  section: ConfiguredSection;
  id: string;
}

@Controller()
export class ConfiguredObjectsHandler {
  constructor(
    private readonly reads: ConfiguredReads,
    private readonly objects: ConfiguredObjects,
    private readonly imports: IdentityImports,
    private readonly simulations: BotSimulations,
  ) {}

  @HandleRequest(listConfigured)
  async list(question: Omit<Named, 'id'> & { archived: boolean; afterKey: string | null; limit: number }) {
    const { game, section, ...page } = question;
    return this.reads.list(game, section, page);
  }

  @HandleRequest(readConfigured)
  async read({ game, section, id }: Named) {
    return this.reads.read(game, section, id);
  }

  @HandleRequest(saveConfigured)
  async save(command: SaveConfigured) {
    const { id, ifVersion, body, section } = command;
    if (id === null || ifVersion === null) return this.objects.create(command, configuredBody(section, body));
    return this.objects.replace(command, id, ifVersion, configuredBody(section, await this.whole(command, id)));
  }

  @HandleRequest(archiveConfigured)
  async archive(command: ArchiveConfigured) {
    // Whatever refers to it goes on without it (06 §3, 10 §2).
    return this.objects.archive(command, command.id, command.ifVersion, true);
  }

  @HandleRequest(importIdentities)
  importIdentities({ operator, game, id, body }: { operator: Operator; game: GameScope; id: string; body: unknown }) {
    return this.imports.import(operator, game, id, body);
  }

  @HandleRequest(validateBot)
  async validate({ body }: { body: unknown }) {
    return this.simulations.validate(body);
  }

  @HandleRequest(simulateBot)
  async simulate({ game, body }: { game: GameScope; body: unknown }) {
    return this.simulations.simulate(game, body);
  }

  /** Fields that a merge leaves out stay as they are. */
  private async whole({ section, game, merge, body }: SaveConfigured, id: string): Promise<unknown> {
    if (!merge) return body;
    return { ...statedOf(await this.reads.read(game, section, id)), ...(body as object) };
  }
}
