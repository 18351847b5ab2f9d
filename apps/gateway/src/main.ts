import { runService } from '@kraty/platform/bootstrap';
import { service } from './index.js';

await runService(service);
