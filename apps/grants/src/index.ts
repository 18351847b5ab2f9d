import { defineService } from '@kraty/platform/bootstrap';
import { GrantsConfiguration } from './grants.configuration.js';
import { GrantsModule } from './grants.module.js';

export const grants = defineService({
  name: 'grants',
  module: GrantsModule,
  configuration: GrantsConfiguration,
});
