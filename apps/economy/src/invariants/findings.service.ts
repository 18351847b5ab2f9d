import { Injectable } from '@nestjs/common';
import { findingAct, findingName, type Violation } from '@kraty/contracts/economy';
import { operatorActed } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { Outbox, type NewFact } from '@kraty/platform/facts';
import { uuidOf } from '@kraty/platform/ids';
import { Database, statement } from '@kraty/platform/persistence';

const readStudios = statement(
  'economy-studios-of-games',
  `select distinct game_id, studio_id
     from (select game_id, studio_id from game_settings union all select game_id, studio_id from catalog_version) as known
    where game_id = any($1)`,
);

/** Has what the periodic checks find put on record, each finding once however often it is found (08 §13). */
@Injectable()
export class FindingsService {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async record(violations: readonly Violation[]): Promise<void> {
    if (violations.length === 0) return;
    const studios = await this.studiosOf(violations);
    const facts = violations.flatMap((violation) => this.factOf(violation, studios.get(violation.gameId)) ?? []);
    await this.outbox.carry(await this.database.transaction((tx) => this.outbox.stage(tx, facts)));
  }

  /** The log says once what bears one id. Null of a game that nobody knows, which has no log. */
  private factOf(violation: Violation, studioId: string | undefined): NewFact | null {
    if (studioId === undefined) return null;
    const auditId = uuidOf(findingName(violation));
    const payload = findingAct(violation, { auditId, studioId, foundAt: this.clock.now().toISOString() });
    const scope = { studioId, gameId: violation.gameId };
    return { type: operatorActed.economy, scope, aggregateId: auditId, revision: 1, payload };
  }

  private async studiosOf(violations: readonly Violation[]): Promise<Map<string, string>> {
    const games = [...new Set(violations.map(({ gameId }) => gameId))];
    const rows = await this.database.query<{ game_id: string; studio_id: string }>(readStudios, [games]);
    return new Map(rows.map(({ game_id: gameId, studio_id: studioId }) => [gameId, studioId]));
  }
}
