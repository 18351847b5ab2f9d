import type { RunningService, ServiceDefinition } from '@kraty/platform/bootstrap';
import type { Clock } from '@kraty/platform/clock';
import type { Ground } from './ground.js';
import { answerPatiently } from './patient-answers.js';

export interface HostOptions {
  /** A movable one lets a test decide what time it is for all services at once. */
  clock?: Clock;
  /** Variables over the ground's, the same for every service. */
  environment?: Record<string, string>;
}

/** Services started in the test's own process. */
export class Host {
  constructor(private readonly running: Map<string, RunningService>) {}

  service(name: string): RunningService {
    const service = this.running.get(name);
    if (service === undefined)
      throw new Error(`${name} was not started; running: ${[...this.running.keys()].join(', ')}`);
    return service;
  }

  /** Every service gets its graceful stop; the first failure is thrown afterwards. */
  async stop(): Promise<void> {
    const endings = await Promise.allSettled([...this.running.values()].map((service) => service.stop()));
    const failed = endings.find((ending) => ending.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}

/** Starts the services on the ground, all at once: none may depend on another being there first. */
export async function startHost(services: string[], ground: Ground, options: HostOptions = {}): Promise<Host> {
  const running = new Map<string, RunningService>();
  const definitions = await definitionsOf(services);
  const starts = definitions.map(async (definition) =>
    running.set(definition.name, await start(definition, ground, options)),
  );
  const failed = (await Promise.allSettled(starts)).find((start) => start.status === 'rejected');
  const host = new Host(running);
  if (failed === undefined) {
    for (const [name, service] of running) if (name !== 'gateway') await answerPatiently(service, services);
    return host;
  }
  await host.stop();
  throw failed.reason;
}

async function start(
  definition: ServiceDefinition,
  ground: Ground,
  { clock, environment }: HostOptions,
): Promise<RunningService> {
  const { startService } = await import('@kraty/platform/bootstrap');
  return startService(definition, {
    environment: { ...ground.environment(definition.name), ...environment },
    clock,
  });
}

/** One after the other: jest cannot link two ES module graphs that share modules at the same time. */
async function definitionsOf(services: string[]): Promise<ServiceDefinition[]> {
  const definitions: ServiceDefinition[] = [];
  for (const name of services) definitions.push(await definitionOf(name));
  return definitions;
}

/** Loaded by name, because the library that everyone tests with depends on no service. */
async function definitionOf(name: string): Promise<ServiceDefinition> {
  const exported = (await import(`@kraty/${name}`)) as Record<string, unknown>;
  const definition = Object.values(exported).find((value) => isDefinitionOf(name, value));
  if (definition === undefined) throw new Error(`@kraty/${name} exports no service definition named ${name}`);
  return definition;
}

function isDefinitionOf(name: string, value: unknown): value is ServiceDefinition {
  return typeof value === 'object' && value !== null && 'name' in value && 'module' in value && value.name === name;
}
