import { jetstream } from '@nats-io/jetstream';
import { headers as newHeaders, type NatsConnection } from '@nats-io/transport-node';
import type { OutboxRow } from './outbox.store.js';

const acknowledgedWithinMs = 5_000;

/** Publishes one row and waits until the broker has stored it; throws when it has not. */
export async function publishDurably(nats: NatsConnection, row: OutboxRow, { again = false } = {}): Promise<void> {
  const headers = newHeaders();
  for (const [name, value] of Object.entries(row.headers ?? {})) headers.append(name, value);
  // A row published on purpose a second time must not be taken for a duplicate by the broker.
  const msgID = again ? undefined : row.id;
  await jetstream(nats).publish(row.subject, row.payload, {
    msgID,
    headers,
    timeout: acknowledgedWithinMs,
    retries: 0,
  });
}
