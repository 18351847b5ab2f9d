import { runService } from '@kraty/platform/bootstrap';
import { economy } from './index.js';

await runService(economy);
