import type { Context } from '@kraty/contracts/common';
import type { Clock } from '../clock/index.js';
import { uuidV7 } from '../ids/index.js';
import type { NatsLink } from '../messaging/index.js';
import type { Tx } from '../persistence/index.js';
import { injectTrace, tracingEnabled } from '../telemetry/index.js';
import type { AppliedWaits, CarryReport } from './applied-waits.js';
import type { Audience } from './audience.js';
import { envelopesOf, type NewFact, type Staged } from './envelopes.js';
import type { FactMetrics } from './fact-metrics.js';
import type { FactPublisher } from './fact-publisher.js';
import type { OutboxColumns, OutboxStore } from './outbox.store.js';

/** A courtesy must stay shorter than a player's patience. */
const waitMsDefault = 250;

export interface CarryOptions {
  /** Contexts whose effect the answer should already show. */
  awaitApplied?: readonly Context[];
  withinMs?: number;
}

/** What `envelopes` hands to a store that writes the outbox rows in a statement of its own. */
export interface StagedColumns extends Staged {
  columns: OutboxColumns;
}

export interface OutboxGround {
  context: Context;
  clock: Clock;
  link: NatsLink;
  store: OutboxStore;
  publisher: FactPublisher;
  audience: Audience;
  waits: AppliedWaits;
  metrics: FactMetrics;
}

/** The facts of a context: committed with the change they tell of, then carried to those who read them. */
export class Outbox {
  constructor(private readonly ground: OutboxGround) {}

  /** Last statement of the caller's transaction: after the aggregate's lock, so that `seq` follows the commits. */
  async stage(tx: Tx, facts: readonly NewFact[]): Promise<Staged> {
    const { envelopes, columns } = this.envelopes(facts);
    if (envelopes.length > 0) await this.ground.store.insert(tx, columns);
    return { envelopes };
  }

  /** For a store that inserts the rows inside its own single statement: `created_at` is the database's `now()`. */
  envelopes(facts: readonly NewFact[]): StagedColumns {
    const stamp = { newId: () => uuidV7(), occurredAt: this.ground.clock.now().toISOString() };
    const envelopes = envelopesOf(this.ground.context, facts, stamp);
    const traced = traceHeaders();
    const columns = {
      ids: envelopes.map(({ id }) => id),
      subjects: envelopes.map(({ subject }) => subject),
      payloads: envelopes.map(({ payload }) => payload),
      headers: envelopes.map(() => traced),
    };
    return { envelopes, columns };
  }

  /**
   * After the commit: publishes at once, then waits for a short bounded time until the awaited contexts have applied
   * it. Waiting is a courtesy to whoever reads next; who is late gets the facts all the same. Never throws.
   */
  async carry(
    { envelopes }: Staged,
    { awaitApplied = [], withinMs = waitMsDefault }: CarryOptions = {},
  ): Promise<CarryReport> {
    const { publisher, audience, waits } = this.ground;
    if (envelopes.length === 0) return nobodyAwaited();
    const awaited = audience.awaited(awaitApplied, envelopes);
    const published = publisher.publish(envelopes, awaited.size > 0);
    if (awaited.size === 0) return nobodyAwaited();
    if (!published) return { applied: [], late: [...awaited.keys()] };
    const report = await waits.wait(awaited, withinMs);
    for (const context of report.late) this.ground.metrics.late.labels(context).inc();
    return report;
  }
}

const nobodyAwaited = (): CarryReport => ({ applied: [], late: [] });

/** The trace of the committing request travels with the row, so that a later publication still belongs to it. */
function traceHeaders(): string | null {
  if (!tracingEnabled()) return null;
  const headers: Record<string, string> = {};
  injectTrace(headers);
  return JSON.stringify(headers);
}
