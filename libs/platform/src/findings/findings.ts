import { findingAct, findingName, type Violation } from '@kraty/contracts/economy';
import type { Clock } from '../clock/index.js';
import type { NewFact, Outbox } from '../facts/index.js';
import { uuidOf } from '../ids/index.js';
import { actFact, type ActingContext } from '../operator-writes/index.js';
import type { Database, Statement } from '../persistence/index.js';

/** Has what the periodic checks find put on record, each finding once however often it is found (08 §13). */
export abstract class Findings {
  /** @param studiosOfGames rows of `game_id` and `studio_id`, of the games whose ids are `$1` */
  protected constructor(
    private readonly context: ActingContext,
    private readonly studiosOfGames: Statement,
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
    return actFact(this.context, findingAct(violation, { auditId, studioId, foundAt: this.clock.now().toISOString() }));
  }

  private async studiosOf(violations: readonly Violation[]): Promise<Map<string, string>> {
    const games = [...new Set(violations.map(({ gameId }) => gameId))];
    const rows = await this.database.query<{ game_id: string; studio_id: string }>(this.studiosOfGames, [games]);
    return new Map(rows.map(({ game_id: gameId, studio_id: studioId }) => [gameId, studioId]));
  }
}
