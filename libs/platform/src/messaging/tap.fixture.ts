import type { Msg } from '@nats-io/transport-node';
import { messageHeaders } from '@kraty/contracts/messages';
import { eventually } from './eventually.fixture.js';
import type { NatsLink } from './nats-link.js';

/** Sees every message of some subjects pass, as a stranger would. */
export class Tap {
  readonly messages: Msg[] = [];

  private constructor(private readonly link: NatsLink) {}

  static async on(link: NatsLink, subject: string): Promise<Tap> {
    const tap = new Tap(link);
    link.nats.subscribe(subject, { callback: (error, message) => void (error ?? tap.messages.push(message)) });
    await link.nats.flush();
    return tap;
  }

  get bundles(): Msg[] {
    return this.messages.filter(({ headers }) => headers?.has(messageHeaders.bundle));
  }

  get alone(): Msg[] {
    return this.messages.filter(({ headers }) => !headers?.has(messageHeaders.bundle));
  }

  /** Forgets all that has passed until now, also what is still on its way here. */
  async clear(): Promise<void> {
    // Its connection may still be on its way back from a broker that was lost.
    await eventually(() => this.link.nats.flush());
    this.messages.length = 0;
  }
}
