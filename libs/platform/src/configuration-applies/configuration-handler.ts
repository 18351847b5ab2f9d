import { Controller, Inject, type Type } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import {
  configurationRoutes,
  type CheckConfiguration,
  type ConfigurationWarning,
  type ExportedSections,
} from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import { HandleRequest } from '../messaging/index.js';
import type { ApplyRef } from './applies.store.js';

/** What identity asks of an owner of sections (README §4). */
export interface ConfigurationSaga {
  export(game: GameScope): Promise<ExportedSections>;
  check(configuration: CheckConfiguration): Promise<{ issues: Issue[]; warnings: ConfigurationWarning[] }>;
  prepare(configuration: CheckConfiguration & ApplyRef & { actor: string }): Promise<void>;
  commit(apply: ApplyRef): Promise<{ warnings?: ConfigurationWarning[] }>;
  abandon(apply: ApplyRef): Promise<void>;
}

/** Serves an owner's routes of the configuration saga; `service` is the provider that answers them. */
export function configurationHandlerOf(
  context: Parameters<typeof configurationRoutes>[0],
  service: Type<ConfigurationSaga>,
): Type {
  const routes = configurationRoutes(context);

  @Controller()
  class ConfigurationHandler {
    constructor(@Inject(service) private readonly configuration: ConfigurationSaga) {}

    @HandleRequest(routes.export)
    export({ game }: { game: GameScope }) {
      return this.configuration.export(game);
    }

    @HandleRequest(routes.check)
    check(configuration: CheckConfiguration) {
      return this.configuration.check(configuration);
    }

    @HandleRequest(routes.prepare)
    async prepare(configuration: CheckConfiguration & { applyId: string; actor: string }) {
      await this.configuration.prepare(configuration);
      return {};
    }

    @HandleRequest(routes.commit)
    commit(apply: ApplyRef) {
      return this.configuration.commit(apply);
    }

    @HandleRequest(routes.abandon)
    async abandon(apply: ApplyRef) {
      await this.configuration.abandon(apply);
      return {};
    }
  }

  return ConfigurationHandler;
}
