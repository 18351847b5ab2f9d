import { Controller } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import {
  configurationRoutes,
  type CheckConfiguration,
  type ConfigurationWarning,
  type ExportedSections,
} from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import { HandleRequest } from '@kraty/platform/messaging';
import { EventsConfigurationService } from './configuration.service.js';

const routes = configurationRoutes('events');
type Done = Record<string, never>;

@Controller()
export class ConfigurationHandler {
  constructor(private readonly configuration: EventsConfigurationService) {}

  @HandleRequest(routes.export)
  export({ game }: { game: GameScope }): Promise<ExportedSections> {
    return this.configuration.export(game);
  }

  @HandleRequest(routes.check)
  check(asked: CheckConfiguration): Promise<{ issues: Issue[]; warnings: ConfigurationWarning[] }> {
    return this.configuration.check(asked);
  }

  @HandleRequest(routes.prepare)
  async prepare(asked: CheckConfiguration & { applyId: string; actor: string }): Promise<Done> {
    await this.configuration.prepare(asked);
    return {};
  }

  @HandleRequest(routes.commit)
  commit(apply: { game: GameScope; applyId: string }): Promise<{ warnings: ConfigurationWarning[] }> {
    return this.configuration.commit(apply);
  }

  @HandleRequest(routes.abandon)
  async abandon(apply: { game: GameScope; applyId: string }): Promise<Done> {
    await this.configuration.abandon(apply);
    return {};
  }
}
