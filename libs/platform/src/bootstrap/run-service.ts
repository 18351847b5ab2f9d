import type { ProcessConfiguration } from '../configuration/index.js';
import { Logger } from '../logging/index.js';
import { stopTelemetry } from '../telemetry/index.js';
import type { ServiceDefinition } from './define-service.js';
import { runProcess } from './run-process.js';
import { startService } from './start-service.js';

/** The whole of a `main.ts`: the service as a process of its own. Returns when it is ready. */
export async function runService<C extends ProcessConfiguration>(definition: ServiceDefinition<C>): Promise<void> {
  const logger = Logger.create({ service: definition.name });
  await runProcess(logger, async () => {
    const running = await startService(definition, { environment: process.env });
    return async () => {
      await running.stop();
      await stopTelemetry();
    };
  });
}
