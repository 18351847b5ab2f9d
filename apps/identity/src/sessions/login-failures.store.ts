import { Injectable } from '@nestjs/common';
import { Database, statement } from '@kraty/platform/persistence';
import type { RecentFailures } from './session-rules.js';

const countFailures = statement(
  'identity_login_failures',
  `select count(*) filter (where email = $1)::int as "ofEmail", count(*)::int as "ofIp",
          min(failed_at) filter (where email = $1) as "oldestOfEmail", min(failed_at) as "oldestOfIp"
     from login_failure
    where ip = $2 and failed_at > $3`,
);

const insertFailure = statement(
  'identity_login_failure_insert',
  `insert into login_failure (id, email, ip, failed_at) values ($1, $2, $3, $4)`,
);

const forgiveFailures = statement(
  'identity_login_failure_forgive',
  `delete from login_failure where (email = $1 and ip = $2) or failed_at <= $3`,
);

/** Failed logins, in the database: a lockout counts on every instance. */
@Injectable()
export class LoginFailuresStore {
  constructor(private readonly database: Database) {}

  async recent(email: string, ip: string, since: Date): Promise<RecentFailures> {
    type Row = { ofEmail: number; ofIp: number; oldestOfEmail: Date | null; oldestOfIp: Date | null };
    const [row] = await this.database.query<Row>(countFailures, [email, ip, since]);
    const { ofEmail, ofIp, oldestOfEmail, oldestOfIp } = row!;
    return {
      ofEmailAndIp: { count: ofEmail, oldestMs: oldestOfEmail?.getTime() ?? 0 },
      ofIp: { count: ofIp, oldestMs: oldestOfIp?.getTime() ?? 0 },
    };
  }

  async add(failure: { id: string; email: string; ip: string; failedAt: Date }): Promise<void> {
    await this.database.query(insertFailure, [failure.id, failure.email, failure.ip, failure.failedAt]);
  }

  /** Clears the counter of who got in, and whatever no longer counts. */
  async forgive(email: string, ip: string, before: Date): Promise<void> {
    await this.database.query(forgiveFailures, [email, ip, before]);
  }
}
