import { Injectable } from '@nestjs/common';
import { Database, statement } from '@kraty/platform/persistence';

/** Of several instances one gets the turn: the row decides. */
const takeTurn = statement(
  'economy-take-turn',
  `insert into job_run as kept (name, begun_at) values ($1, $2)
   on conflict (name) do update set begun_at = excluded.begun_at where kept.begun_at <= $3
   returning true as taken`,
);

/** Turns of jobs that run once a while, whichever instance comes first. */
@Injectable()
export class JobsStore {
  constructor(private readonly database: Database) {}

  /** True for the one caller that may run the job now; an instance that dies in it leaves the rest to the next turn. */
  async takeTurn(name: string, now: Date, everyMs: number): Promise<boolean> {
    const before = new Date(now.getTime() - everyMs);
    return (await this.database.query(takeTurn, [name, now, before])).length > 0;
  }
}
