import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  jetstreamManager,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import type { Context } from '@kraty/contracts/common';

export interface StreamBounds {
  ageMaxDays: number;
  bytesMax: number;
}

/** A consumer may be away this long and still find everything; afterwards `FactRepair.replay` brings what it missed. */
export const streamBoundsDefault: StreamBounds = { ageMaxDays: 7, bytesMax: 2 * 1024 ** 3 };

/** Less than this is not worth starting with. */
const streamBytesMin = 16 * 1024 ** 2;
const dayMs = 24 * 60 * 60 * 1_000;
const duplicateWindowMs = 120_000;

/** What is handed out and not acknowledged within this is handed out again. */
export const ackWaitMs = 30_000;
/** Envelopes of one durable in hand at all instances together. */
export const ackPendingMax = 2_000;

/**
 * Without end: a delivery also counts when the process was killed, cut off or stopped before it looked at the message,
 * and after its last one the broker would be silent. `judge` decides when a fact has been tried often enough.
 */
const deliveriesOfBroker = -1;

/** JetStream's own error numbers; the driver names only a few. */
const streamNameInUse = 10_058;
const storageExceeded = 10_047;
const storeInsufficient = 10_023;
const consumerNameInUse = 10_148;

export const streamOf = (context: Context): string => `kraty-${context}`;

/** Declares the stream of a producing context. Safe from any number of processes at once, in any order. */
export async function ensureStream(nats: NatsConnection, context: Context, bounds: StreamBounds): Promise<void> {
  const manager = await managerOf(nats);
  for (let bytes = bounds.bytesMax; ; bytes = Math.floor(bytes / 2)) {
    try {
      return await declareStream(manager, context, { ...bounds, bytesMax: bytes });
    } catch (error) {
      // A small disk gets a smaller stream rather than no service.
      if (!isApiError(error, storageExceeded, storeInsufficient) || bytes / 2 < streamBytesMin) throw error;
    }
  }
}

async function declareStream(manager: JetStreamManager, context: Context, bounds: StreamBounds): Promise<void> {
  const config = {
    subjects: [`kraty.fact.${context}.>`],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_age: nanos(bounds.ageMaxDays * dayMs),
    max_bytes: bounds.bytesMax,
    duplicate_window: nanos(duplicateWindowMs),
  };
  try {
    await manager.streams.add({ name: streamOf(context), ...config });
  } catch (error) {
    if (!isApiError(error, streamNameInUse)) throw error;
    await manager.streams.update(streamOf(context), config);
  }
}

/** Declares a durable pull consumer of one fact type; what was published before it existed is delivered too. */
export async function ensureDurable(
  nats: NatsConnection,
  producer: Context,
  durable: string,
  filter: string,
): Promise<void> {
  const manager = await managerOf(nats);
  const config = {
    durable_name: durable,
    filter_subject: filter,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ackWaitMs),
    max_deliver: deliveriesOfBroker,
    max_ack_pending: ackPendingMax,
  };
  try {
    await manager.consumers.add(streamOf(producer), config);
  } catch (error) {
    if (!isApiError(error, consumerNameInUse)) throw error;
    await manager.consumers.update(streamOf(producer), durable, config);
  }
}

/** Names of all durables of a context's stream. */
export async function durablesOf(nats: NatsConnection, producer: Context): Promise<string[]> {
  const manager = await managerOf(nats);
  const names: string[] = [];
  for await (const { name } of manager.consumers.list(streamOf(producer))) names.push(name);
  return names;
}

const managerOf = (nats: NatsConnection): Promise<JetStreamManager> => jetstreamManager(nats, { checkAPI: false });

function isApiError(error: unknown, ...numbers: number[]): boolean {
  return error instanceof JetStreamApiError && numbers.includes(error.code);
}
