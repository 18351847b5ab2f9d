import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { defineService } from '@kraty/platform/bootstrap';
import { GatewayConfiguration } from './gateway.configuration.js';
import { GatewayModule } from './gateway.module.js';
import { configureHttp, createAdapter } from './http/adapter.js';

export const service = defineService<GatewayConfiguration>({
  name: 'gateway',
  module: GatewayModule,
  configuration: GatewayConfiguration,
  http: {
    address: ({ host, port }) => ({ host, port }),
    createAdapter,
    configure: (app: NestFastifyApplication) => configureHttp(app),
  },
});
