import { join } from 'node:path';
import { startServiceProcess } from '../../../../tools/lib/services.mjs';
import type { RunningService } from '../../../../tools/lib/services.mjs';
import type { Ground } from '../harness/index.js';

/** Every service a process of its own, built and started as in production. */
export class SplitSystem {
  /** Further processes so far, and the first one. */
  private joined = 1;

  private constructor(
    private readonly ground: Ground,
    private readonly environment: Record<string, string>,
    private readonly running: Map<string, RunningService>,
  ) {}

  static async start(services: string[], ground: Ground, environment: Record<string, string>): Promise<SplitSystem> {
    const system = new SplitSystem(ground, environment, new Map());
    const starts = await Promise.allSettled(services.map((service) => system.begin(service)));
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed === undefined) return system;
    await system.stop();
    throw failed.reason;
  }

  get url(): string {
    return this.of('gateway').url;
  }

  /** With SIGKILL: nothing is flushed, nobody is told. */
  async kill(service: string): Promise<void> {
    await this.of(service).kill();
  }

  /** On the same ports, as an orchestrator would. */
  async restart(service: string): Promise<void> {
    const { port, opsUrl } = this.of(service);
    await this.begin(service, { port, opsPort: Number(new URL(opsUrl).port) });
  }

  /** One more process of a service, beside those that run; killed and restarted under the name it gets. */
  async join(service: string): Promise<string> {
    this.joined += 1;
    const name = `${service}#${this.joined}`;
    await this.begin(name);
    return name;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.values()].map((service) => service.kill()));
  }

  private async begin(name: string, ports: { port?: number; opsPort?: number } = {}): Promise<void> {
    const service = serviceOf(name);
    const environment = { ...this.ground.environment(service), ...this.environment };
    // Each process has a directory to itself.
    const directory = join(this.ground.directory, name === service ? 'services' : `services-${name.split('#')[1]}`);
    this.running.set(name, await startServiceProcess({ service, environment, directory, ...ports }));
  }

  private of(service: string): RunningService {
    const running = this.running.get(service);
    if (running === undefined) throw new Error(`${service} was not started`);
    return running;
  }
}

/** The first process of a service bears its name, further ones a number behind it. */
function serviceOf(name: string): string {
  return name.split('#', 1)[0]!;
}
