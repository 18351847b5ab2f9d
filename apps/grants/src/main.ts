import { runService } from '@kraty/platform/bootstrap';
import { grants } from './index.js';

await runService(grants);
