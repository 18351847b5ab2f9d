export { combinedReadiness, Health, type HealthCheck, type Readiness } from './health.js';
export { isLoopback, mayReadMetrics, OpsServer, type OpsServerOptions } from './ops-server.js';
export { version } from './version.js';
