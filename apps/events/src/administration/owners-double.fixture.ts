import { Controller, Module, type Type } from '@nestjs/common';
import type { Context } from '@kraty/contracts/common';
import { configurationRoutes, type ExportedSections } from '@kraty/contracts/configuration';
import { readSettings, type SettingsView } from '@kraty/contracts/identity';
import { defineService, startService, type RunningService } from '@kraty/platform/bootstrap';
import { ServiceConfiguration } from '@kraty/platform/configuration';
import { HandleRequest } from '@kraty/platform/messaging';
import type { Ground } from '@kraty/testing/harness';

const nothing: ExportedSections = { sections: {}, archivedKeys: {} };

@Controller()
class IdentityDouble {
  @HandleRequest(readSettings)
  settings(): SettingsView {
    return { settings: { inventoryManagement: 'platform' } as SettingsView['settings'], version: 1 };
  }
}

function ownerDouble(context: 'economy' | 'grants' | 'leaderboards'): Type {
  @Controller()
  class OwnerDouble {
    @HandleRequest(configurationRoutes(context).export)
    export(): ExportedSections {
      return nothing;
    }
  }
  return OwnerDouble;
}

const doubles: [Context, Type][] = [
  ['identity', IdentityDouble],
  ['economy', ownerDouble('economy')],
  ['grants', ownerDouble('grants')],
  ['leaderboards', ownerDouble('leaderboards')],
];

/** Contexts that the ground must have for the doubles. */
export const doubledContexts = doubles.map(([context]) => context);

/** Stand for those whom events ask about a game: one that has nothing but its events. */
export class OwnerDoubles {
  private constructor(private readonly running: RunningService[]) {}

  static async start(ground: Ground): Promise<OwnerDoubles> {
    const starts = doubles.map(([name, controller]) =>
      startService(serviceOf(name, controller), { environment: ground.environment(name) }),
    );
    return new OwnerDoubles(await Promise.all(starts));
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map((service) => service.stop()));
  }
}

function serviceOf(name: Context, controller: Type) {
  @Module({ controllers: [controller] })
  class DoubleModule {}
  return defineService({ name, module: DoubleModule, configuration: ServiceConfiguration });
}
