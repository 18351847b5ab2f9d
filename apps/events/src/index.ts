import { defineService } from '@kraty/platform/bootstrap';
import { EventsConfiguration } from './events.configuration.js';
import { EventsModule } from './events.module.js';

/** Event definitions, windows, attempts and scoring. */
export const events = defineService({ name: 'events', module: EventsModule, configuration: EventsConfiguration });
