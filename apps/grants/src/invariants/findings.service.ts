import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Outbox } from '@kraty/platform/facts';
import { Findings } from '@kraty/platform/findings';
import { Database, statement } from '@kraty/platform/persistence';

const readStudios = statement(
  'grants-studios-of-games',
  `select distinct game_id, studio_id
     from (select game_id, studio_id from game_settings union all select game_id, studio_id from roll_secret) as known
    where game_id = any($1)`,
);

@Injectable()
export class FindingsService extends Findings {
  constructor(database: Database, outbox: Outbox, clock: Clock) {
    super('grants', readStudios, database, outbox, clock);
  }
}
