import { Injectable } from '@nestjs/common';
import { Database, statement } from '@kraty/platform/persistence';

/** Of several instances one gets the turn, and of one that died in it the next: the row decides. */
const takeTurn = statement(
  'economy-take-turn',
  `insert into job_run as kept (name, leased_until) values ($1, $4)
   on conflict (name) do update set leased_until = excluded.leased_until
    where (kept.begun_at is null or kept.begun_at <= $3) and (kept.leased_until is null or kept.leased_until <= $2)
   returning true as taken`,
);

const keepTurn = statement(
  'economy-keep-turn',
  `update job_run set leased_until = $3 where name = $1 and leased_until = $2 returning true as kept`,
);

const finishTurn = statement(
  'economy-finish-turn',
  `update job_run set begun_at = $3, leased_until = null where name = $1 and leased_until = $2`,
);

/** Turns of jobs that run once a while, whichever instance comes first. */
@Injectable()
export class JobsStore {
  constructor(private readonly database: Database) {}

  /** True for the one caller that may run the job until `leasedUntil`, which names its turn. */
  async take(name: string, now: Date, everyMs: number, leasedUntil: Date): Promise<boolean> {
    const before = new Date(now.getTime() - everyMs);
    return (await this.database.query(takeTurn, [name, now, before, leasedUntil])).length > 0;
  }

  /** False when the lease has run out and somebody else has the turn. */
  async keep(name: string, leasedUntil: Date, longer: Date): Promise<boolean> {
    return (await this.database.query(keepTurn, [name, leasedUntil, longer])).length > 0;
  }

  async finish(name: string, leasedUntil: Date, begunAt: Date): Promise<void> {
    await this.database.query(finishTurn, [name, leasedUntil, begunAt]);
  }
}
