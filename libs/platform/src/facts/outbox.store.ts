import {
  joinedJson,
  plainArray,
  run,
  splitJson,
  statement,
  textArray,
  type Database,
  type Tx,
} from '../persistence/index.js';
import type { StagedEnvelope } from './envelopes.js';

/**
 * The outbox keeps the database's own time, written and compared there: the injected clock may stand still in a test
 * or jump by a month, and rows must be relayed all the same.
 */
const insertEnvelopes = statement(
  'facts.stage',
  `insert into outbox (id, subject, payload, headers, created_at)
   select id, subject, payload, headers::jsonb, now()
     from unnest($1::uuid[], $2::text[], ${splitJson('$3')}, ${splitJson('$4')}) staged (id, subject, payload, headers)`,
);

const markPublished = statement(
  'facts.mark-published',
  `update outbox set published_at = now() where id = any($1::uuid[]) and published_at is null`,
);

/** Ids are in the order of time, so the primary key finds a span of time; `$1` is the id to go on after. */
const selectPublished = statement(
  'facts.replay-page',
  `select id, subject, payload, headers from outbox
    where id > $1::uuid and created_at >= $2 and published_at is not null
      and ($3::text is null or subject = $3 or starts_with(subject, $3 || '.'))
    order by id limit $4`,
);

export interface OutboxRow extends StagedEnvelope {
  headers: Record<string, string> | null;
}

/** The outbox's columns as arrays, one element an envelope, for `unnest($1::uuid[], $2::text[], $3::text[], $4::text[])`. */
export interface OutboxColumns {
  ids: string[];
  subjects: string[];
  payloads: string[];
  /** JSON text or null; cast to jsonb. */
  headers: (string | null)[];
}

export interface ReplayPage {
  afterId: string;
  since: Date;
  subject: string | null;
  rowsMax: number;
}

export class OutboxStore {
  constructor(private readonly database: Database) {}

  async insert(tx: Tx, { ids, subjects, payloads, headers }: OutboxColumns): Promise<void> {
    const values = [plainArray(ids), textArray(subjects), joinedJson(payloads), joinedJson(headers)];
    await run(tx, insertEnvelopes, values);
  }

  async markPublished(ids: readonly string[]): Promise<void> {
    await this.database.query(markPublished, [plainArray(ids)]);
  }

  published({ afterId, since, subject, rowsMax }: ReplayPage): Promise<OutboxRow[]> {
    return this.database.query<OutboxRow>(selectPublished, [afterId, since, subject, rowsMax]);
  }
}
