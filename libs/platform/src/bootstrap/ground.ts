import type { Provider } from '@nestjs/common';
import { type Clock, SystemClock } from '../clock/index.js';
import { type Environment, loadConfiguration, type ProcessConfiguration } from '../configuration/index.js';
import { Health } from '../health/index.js';
import { Logger } from '../logging/index.js';
import { Metrics } from '../telemetry/index.js';
import type { ServiceDefinition } from './define-service.js';

export interface StartOptions {
  environment: Environment;
  /** Replace or add providers, for tests. */
  overrides?: readonly Provider[];
  /** The system's clock unless told. */
  clock?: Clock;
  logger?: Logger;
}

/** What a service has before it has any connection. */
export interface Ground<C extends ProcessConfiguration = ProcessConfiguration> {
  readonly definition: ServiceDefinition<C>;
  readonly configuration: C;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly overrides: readonly Provider[];
}

/** Throws a ConfigurationError before anything is opened. */
export function layGround<C extends ProcessConfiguration>(
  definition: ServiceDefinition<C>,
  options: StartOptions,
): Ground<C> {
  const configuration = loadConfiguration(definition.configuration, options.environment);
  return {
    definition,
    configuration,
    clock: options.clock ?? new SystemClock(),
    logger: options.logger ?? Logger.create({ service: definition.name, level: configuration.logLevel }),
    metrics: new Metrics(definition.name),
    health: new Health(),
    overrides: options.overrides ?? [],
  };
}
