import { Controller } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { configurationRoutes, type CheckConfiguration } from '@kraty/contracts/configuration';
import type { ApplyRef } from '@kraty/platform/configuration-applies';
import { HandleRequest } from '@kraty/platform/messaging';
import { ConfigurationService } from './configuration.service.js';

const routes = configurationRoutes('leaderboards');

@Controller()
export class ConfigurationHandler {
  constructor(private readonly configuration: ConfigurationService) {}

  @HandleRequest(routes.export)
  async export({ game }: { game: GameScope }) {
    return this.configuration.export(game);
  }

  @HandleRequest(routes.check)
  async check(configuration: CheckConfiguration) {
    return {
      issues: await this.configuration.check(configuration),
      warnings: this.configuration.warnings(configuration),
    };
  }

  @HandleRequest(routes.prepare)
  async prepare(configuration: CheckConfiguration & { applyId: string; actor: string }) {
    await this.configuration.prepare(configuration);
    return {};
  }

  @HandleRequest(routes.commit)
  async commit(ref: ApplyRef) {
    await this.configuration.commit(ref);
    return {};
  }

  @HandleRequest(routes.abandon)
  async abandon(ref: ApplyRef) {
    await this.configuration.abandon(ref);
    return {};
  }
}
