import { runService } from '@kraty/platform/bootstrap';
import { identity } from './index.js';

await runService(identity);
