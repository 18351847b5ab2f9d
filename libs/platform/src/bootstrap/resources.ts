import type { Logger } from '../logging/index.js';

interface Resource {
  name: string;
  close: () => Promise<unknown>;
}

/** Everything a service has opened, closed in the reverse order, once, also when the start fails half-way. */
export class Resources {
  private readonly opened: Resource[] = [];

  constructor(private readonly logger: Logger) {}

  add(name: string, close: () => Promise<unknown>): void {
    this.opened.push({ name, close });
  }

  /** One that does not close must not keep the others open. */
  async close(): Promise<void> {
    for (const { name, close } of this.opened.splice(0).reverse()) {
      await close().catch((error: unknown) => this.logger.warn({ err: error }, `${name} did not close`));
    }
  }
}
