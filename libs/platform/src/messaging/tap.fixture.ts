import type { Msg } from '@nats-io/transport-node';
import { messageHeaders } from '@kraty/contracts/messages';
import type { NatsLink } from './nats-link.js';

/** Sees every message of some subjects pass, as a stranger would. */
export class Tap {
  readonly messages: Msg[] = [];

  private constructor() {}

  static async on(link: NatsLink, subject: string): Promise<Tap> {
    const tap = new Tap();
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

  clear(): void {
    this.messages.length = 0;
  }
}
