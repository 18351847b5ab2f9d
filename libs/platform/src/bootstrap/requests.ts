import { NestFactory } from '@nestjs/core';
import type { AsyncMicroserviceOptions } from '@nestjs/microservices';
import { FailureFilter } from '../errors/index.js';
import { NestLogger } from '../logging/index.js';
import { KratyNatsServer } from '../messaging/index.js';
import type { Ground } from './ground.js';
import { PlatformModule } from './platform.module.js';
import type { Resources } from './resources.js';
import type { Serving } from './start-service.js';

/** A context: a Nest microservice that answers requests over NATS. */
export async function startRequests(ground: Ground, resources: Resources): Promise<Serving> {
  const root = await PlatformModule.rootOf(ground, resources);
  const app = await NestFactory.createMicroservice<AsyncMicroserviceOptions>(root, {
    inject: [KratyNatsServer],
    useFactory: (strategy: KratyNatsServer) => ({ strategy }),
    logger: new NestLogger(ground.logger),
    abortOnError: false,
  });
  app.useGlobalFilters(app.get(FailureFilter));
  await app.listen();
  return { app };
}
