import { bundlesOf } from './bundle.js';
import type { NatsLink } from './nats-link.js';

/** Gathers what leaves in one turn of the event loop by where it goes, and hands it over in bundles when the turn ends. */
export class Departures<T extends { readonly text: string }> {
  private gathered = new Map<string, T[]>();

  /** `depart` must not throw. */
  constructor(
    private readonly link: NatsLink,
    private readonly depart: (destination: string, together: readonly T[]) => void,
  ) {}

  add(destination: string, one: T): void {
    if (this.gathered.size === 0) this.link.together(() => this.departAll());
    const others = this.gathered.get(destination);
    if (others === undefined) this.gathered.set(destination, [one]);
    else others.push(one);
  }

  private departAll(): void {
    const leaving = this.gathered;
    this.gathered = new Map();
    for (const [destination, all] of leaving) {
      for (const together of bundlesOf(all)) this.depart(destination, together);
    }
  }
}
