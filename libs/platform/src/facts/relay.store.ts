import type { Client } from 'pg';
import type { Context } from '@kraty/contracts/common';
import type { OutboxRow } from './outbox.store.js';

const lockSpace = 'kraty-relay';

/** Two numbers make the lock: ours, and the context's, because services may share a database. */
const tryLock = `select pg_try_advisory_lock(hashtext($1), hashtext($2)) as locked`;

const unlock = `select pg_advisory_unlock(hashtext($1), hashtext($2))`;

const selectUnpublished = `
  select id, subject, payload, headers from outbox
   where published_at is null and created_at < now() - make_interval(secs => $1)
   order by seq limit $2`;

const markPublished = `update outbox set published_at = now() where id = any($1::uuid[]) and published_at is null`;

const selectLag = `
  select coalesce(extract(epoch from now() - created_at), 0)::float8 as lag
    from outbox where published_at is null order by seq limit 1`;

/** The relay's statements, all on the one connection that holds its lock. */
export class RelayStore {
  constructor(private readonly client: Client) {}

  async tryLock(context: Context): Promise<boolean> {
    const { rows } = await this.client.query<{ locked: boolean }>(tryLock, [lockSpace, context]);
    return rows[0]?.locked ?? false;
  }

  async unlock(context: Context): Promise<void> {
    await this.client.query(unlock, [lockSpace, context]);
  }

  async unpublished(ageSecondsMin: number, rowsMax: number): Promise<OutboxRow[]> {
    const { rows } = await this.client.query<OutboxRow>(selectUnpublished, [ageSecondsMin, rowsMax]);
    return rows;
  }

  async markPublished(ids: readonly string[]): Promise<void> {
    await this.client.query(markPublished, [ids]);
  }

  async lagSeconds(): Promise<number> {
    const { rows } = await this.client.query<{ lag: number }>(selectLag);
    return rows[0]?.lag ?? 0;
  }
}
