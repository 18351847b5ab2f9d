import { configurationHandlerOf } from '@kraty/platform/configuration-applies';
import { ConfigurationService } from './configuration.service.js';

export const ConfigurationHandler = configurationHandlerOf('economy', ConfigurationService);
