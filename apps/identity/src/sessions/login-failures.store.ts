import { Injectable } from '@nestjs/common';
import { Database, statement } from '@kraty/platform/persistence';
import type { RecentFailures } from './session-rules.js';

const countFailures = statement(
  'identity_login_failures',
  `select count(*) filter (where email = $1)::int as "ofEmail", count(*)::int as "ofIp",
          min(failed_at) filter (where email = $1) as "oldestOfEmail", min(failed_at) as "oldestOfIp"
     from login_failure
    where ip = $2 and failed_at > $3 and id <> $4`,
);

const insertFailure = statement(
  'identity_login_failure_insert',
  `insert into login_failure (id, email, ip, failed_at) values ($1, $2, $3, $4)`,
);

const deleteFailure = statement('identity_login_failure_delete', `delete from login_failure where id = $1`);

const forgiveFailures = statement(
  'identity_login_failure_forgive',
  `delete from login_failure where (email = $1 and ip = $2) or failed_at <= $3`,
);

export interface LoginTry {
  id: string;
  email: string;
  ip: string;
  at: Date;
}

/** Failed logins, in the database: a lockout counts on every instance. */
@Injectable()
export class LoginFailuresStore {
  constructor(private readonly database: Database) {}

  /** Failures since then, and tries that are under way, without the caller's own. */
  async recent(own: LoginTry, since: Date): Promise<RecentFailures> {
    type Row = { ofEmail: number; ofIp: number; oldestOfEmail: Date | null; oldestOfIp: Date | null };
    const [row] = await this.database.query<Row>(countFailures, [own.email, own.ip, since, own.id]);
    const { ofEmail, ofIp, oldestOfEmail, oldestOfIp } = row!;
    return {
      ofEmailAndIp: { count: ofEmail, oldestMs: oldestOfEmail?.getTime() ?? 0 },
      ofIp: { count: ofIp, oldestMs: oldestOfIp?.getTime() ?? 0 },
    };
  }

  async add({ id, email, ip, at }: LoginTry): Promise<void> {
    await this.database.query(insertFailure, [id, email, ip, at]);
  }

  async remove({ id }: LoginTry): Promise<void> {
    await this.database.query(deleteFailure, [id]);
  }

  /** Clears the counter of who got in, and whatever no longer counts. */
  async forgive({ email, ip }: LoginTry, before: Date): Promise<void> {
    await this.database.query(forgiveFailures, [email, ip, before]);
  }
}
