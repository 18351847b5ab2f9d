import { defineService } from '@kraty/platform/bootstrap';
import { IdentityConfiguration } from './identity.configuration.js';
import { IdentityModule } from './identity.module.js';

export const identity = defineService({
  name: 'identity',
  module: IdentityModule,
  configuration: IdentityConfiguration,
});
