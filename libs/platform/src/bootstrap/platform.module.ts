import { type DynamicModule, Global, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { Ground } from './ground.js';
import { platformProviders, replacing, tokenOf } from './providers.js';
import { Resources } from './resources.js';

/** Nest ends a global module after all others, so nobody loses a connection that is still in use. */
@Injectable()
class ResourceCloser implements OnApplicationShutdown {
  constructor(private readonly resources: Resources) {}

  onApplicationShutdown(): Promise<void> {
    return this.resources.close();
  }
}

/** What every service stands on, as providers that need no import. */
@Global()
@Module({})
export class PlatformModule {
  /** The service's own module on top of the platform. */
  static async rootOf(ground: Ground, resources: Resources): Promise<DynamicModule> {
    const platform = await PlatformModule.forService(ground, resources);
    return { module: ServiceRoot, imports: [platform, ground.definition.module] };
  }

  static async forService(ground: Ground, resources: Resources): Promise<DynamicModule> {
    const providers = replacing(await platformProviders(ground, resources), ground.overrides);
    return {
      module: PlatformModule,
      imports: [DiscoveryModule],
      providers: [...providers, { provide: Resources, useValue: resources }, ResourceCloser],
      exports: providers.map(tokenOf),
    };
  }
}

@Module({})
class ServiceRoot {}
