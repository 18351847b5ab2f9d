import { ServiceConfiguration } from '@kraty/platform/configuration';

/** Events need nothing beyond what every service is told. */
export class EventsConfiguration extends ServiceConfiguration {}
