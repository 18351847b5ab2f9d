export { type LogFields, Logger, type LoggerOptions, type LogLevel, logLevels } from './logger.js';
export { NestLogger } from './nest-logger.js';
export { currentRequestId, type CurrentRequest, runInRequest } from './current-request.js';
