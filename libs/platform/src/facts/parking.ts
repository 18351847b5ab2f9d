import type { MsgHdrs } from '@nats-io/transport-node';
import { createHash } from 'node:crypto';
import { statement, type Database } from '../persistence/index.js';
import type { FactMetrics } from './fact-metrics.js';

const insertParked = statement(
  'facts.park',
  `insert into parked_message (id, consumer, subject, headers, payload, reason, deliveries, parked_at)
   values ($1, $2, $3, $4, $5, $6, $7, now())
   on conflict (id) do nothing`,
);

const countParked = statement(
  'facts.count-parked',
  `select consumer, count(*)::int as parked from parked_message group by consumer`,
);

const reasonCharactersMax = 1_000;

export interface Parked {
  consumer: string;
  subject: string;
  headers: MsgHdrs;
  payload: string;
  reason: string;
  deliveries: number;
  /** What is parked once a consumer, however often it comes: a fact's id, or a message's place in its stream. */
  key: string;
}

/** Facts no handler could apply, kept with everything an operator needs to judge and to repair them. */
export class Parking {
  constructor(
    private readonly database: Database,
    private readonly metrics: FactMetrics,
  ) {}

  async park({ key, ...parked }: Parked): Promise<void> {
    const { consumer, subject, payload, deliveries } = parked;
    const headers = JSON.stringify(Object.fromEntries([...parked.headers]));
    const reason = parked.reason.slice(0, reasonCharactersMax);
    await this.database.query(insertParked, [
      idOf(consumer, key),
      consumer,
      subject,
      headers,
      payload,
      reason,
      deliveries,
    ]);
    await this.count();
  }

  /** Brings the gauge up to date, also after an operator removed rows. */
  async count(): Promise<void> {
    const rows = await this.database.query<{ consumer: string; parked: number }>(countParked, []);
    this.metrics.parked.reset();
    for (const { consumer, parked } of rows) this.metrics.parked.labels(consumer).set(parked);
  }
}

/** The same for every delivery of the same thing to the same consumer, in the form of a UUID. */
function idOf(consumer: string, key: string): string {
  const hex = createHash('sha256').update(`${consumer}\n${key}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
