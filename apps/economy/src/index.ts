import { defineService } from '@kraty/platform/bootstrap';
import { EconomyConfiguration } from './economy.configuration.js';
import { EconomyModule } from './economy.module.js';

export const economy = defineService({
  name: 'economy',
  module: EconomyModule,
  configuration: EconomyConfiguration,
});
