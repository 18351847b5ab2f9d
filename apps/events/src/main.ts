import { runService } from '@kraty/platform/bootstrap';
import { events } from './index.js';

await runService(events);
