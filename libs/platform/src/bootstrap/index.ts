export {
  defineService,
  type HttpAddress,
  type HttpDoor,
  type ServiceDefinition,
  type ServiceName,
} from './define-service.js';
export { PlatformModule } from './platform.module.js';
export { runProcess } from './run-process.js';
export { runService } from './run-service.js';
export type { StartOptions } from './ground.js';
export { type RunningService, startService } from './start-service.js';
