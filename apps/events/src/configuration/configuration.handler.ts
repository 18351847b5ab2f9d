import { configurationHandlerOf } from '@kraty/platform/configuration-applies';
import { EventsConfigurationService } from './configuration.service.js';

export const ConfigurationHandler = configurationHandlerOf('events', EventsConfigurationService);
