import { jetstreamManager, type ConsumerInfo } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { eventually } from '@kraty/testing/harness';
import type { World } from '@kraty/testing/world';

/** A fact that met a busy reader is handed out again seconds later. Milliseconds. */
const quietWithinMs = 40_000;

/**
 * Waits until every fact that was told has been applied by all who read it, and none is waiting to be told: what is
 * written after that somebody has asked for.
 */
export async function untilQuiet({ ground }: World, owners: readonly string[]): Promise<void> {
  const nats = await connect({ servers: ground.natsUrl });
  try {
    await eventually(
      async () => {
        const before = await handedOut(nats, owners);
        for (const owner of owners) {
          expect(await ground.sql(owner, 'select subject from outbox where published_at is null')).toEqual([]);
        }
        // Had one been applied in between, its reader might have told another one.
        expect(await handedOut(nats, owners)).toEqual(before);
      },
      { withinMs: quietWithinMs },
    );
  } finally {
    await nats.close();
  }
}

/** How much each reader has taken so far; fails while one of them is at it. */
async function handedOut(nats: NatsConnection, owners: readonly string[]): Promise<[string, number][]> {
  const readers = await readersOf(nats, owners);
  expect(readers.filter(({ num_pending, num_ack_pending }) => num_pending + num_ack_pending > 0)).toEqual([]);
  return readers.map(({ name, delivered }) => [name, delivered.consumer_seq]);
}

async function readersOf(nats: NatsConnection, owners: readonly string[]): Promise<ConsumerInfo[]> {
  const manager = await jetstreamManager(nats, { checkAPI: false });
  const readers: ConsumerInfo[] = [];
  for (const owner of owners) for await (const reader of manager.consumers.list(`kraty-${owner}`)) readers.push(reader);
  return readers;
}
