export { describeConfiguration, type VariableDescription } from './describe.js';
export { type ConfigurationClass, ConfigurationError, loadConfiguration } from './load.js';
export { ProcessConfiguration, ServiceConfiguration, TelemetryConfiguration } from './service-configuration.js';
export { type Environment, Variable, type VariableOptions } from './variable.js';
