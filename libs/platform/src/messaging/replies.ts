import type { PublishOptions } from '@nats-io/transport-node';
import { bundleHeaders, takesBundles, writeReplies } from './bundle.js';
import { Departures } from './departures.js';
import type { NatsLink } from './nats-link.js';
import { failedReply, type OwnReply, replyHeaders, underId } from './wire.js';

/** What is put behind an inbox when many of its askers are answered at once. */
const manyToken = 'many';

interface ErrorLog {
  error(error: unknown): void;
}

/** The answers of this process: those to one asker that are ready in the same turn leave together. */
export class Replies {
  private readonly departures: Departures<OwnReply>;

  constructor(
    private readonly link: NatsLink,
    private readonly log: ErrorLog,
  ) {
    this.departures = new Departures(link, (inbox, replies) => this.depart(inbox, replies));
  }

  send(inbox: string, reply: OwnReply): void {
    if (reply.token !== '') this.departures.add(inbox, reply);
  }

  private depart(inbox: string, replies: readonly OwnReply[]): void {
    if (replies.length > 1 && takesBundles(inbox) && this.sendTogether(inbox, replies)) return;
    for (const reply of replies) this.sendAlone(inbox, reply);
  }

  /** False when the broker takes only smaller messages. */
  private sendTogether(inbox: string, replies: readonly OwnReply[]): boolean {
    try {
      this.publish(inbox + manyToken, writeReplies(replies), { headers: bundleHeaders() });
      return true;
    } catch {
      return false;
    }
  }

  private sendAlone(inbox: string, reply: OwnReply): void {
    try {
      this.publish(inbox + reply.token, reply.text, { headers: replyHeaders(reply) });
    } catch (error) {
      // Too large for the broker, for instance: the caller is told that there was a bug.
      underId(reply.requestId, () => this.sendBug(inbox, reply.token, error));
    }
  }

  private sendBug(inbox: string, token: string, error: unknown): void {
    this.log.error(error);
    const failed = failedReply(token, error);
    this.publish(inbox + token, failed.text, { headers: replyHeaders(failed) });
  }

  private publish(subject: string, text: string, options: PublishOptions): void {
    // A connection that is closing under us answers nobody; the caller's deadline tells it.
    if (this.link.canPublish) this.link.nats.publish(subject, text, options);
  }
}
