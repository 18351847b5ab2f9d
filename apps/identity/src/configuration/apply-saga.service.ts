import { Injectable } from '@nestjs/common';
import type { ConfigurationWarning } from '@kraty/contracts/configuration';
import { Clock } from '@kraty/platform/clock';
import type { Staged } from '@kraty/platform/facts';
import { Database } from '@kraty/platform/persistence';
import { AuditLog } from '../audit/audit-log.service.js';
import { GameFacts } from '../games/game-facts.service.js';
import { changedSettings } from '../games/game-settings.js';
import { unknownGame } from '../games/games.service.js';
import { GamesStore, type GameRow } from '../games/games.store.js';
import { AppliesStore, type ApplyRow, type Lease } from './applies.store.js';
import { Owners } from './owners.service.js';

/** Longer than all steps of one state may take together. */
export const leaseMs = 45_000;
const nothingStaged: Staged = { envelopes: [] };

/**
 * The steps of an apply that has been recorded. Until it is decided everything is undone; afterwards it only rolls
 * forward. Each step may be repeated by whoever takes the row over.
 */
@Injectable()
export class ApplySaga {
  constructor(
    private readonly database: Database,
    private readonly applies: AppliesStore,
    private readonly games: GamesStore,
    private readonly owners: Owners,
    private readonly audit: AuditLog,
    private readonly facts: GameFacts,
    private readonly clock: Clock,
  ) {}

  /** The point of no return. False when the lease ran out before it. */
  decide(apply: ApplyRow, lease: Lease): Promise<boolean> {
    return this.applies.move(apply, 'committing', this.renewed(lease), this.clock.now());
  }

  /** Undoes what the owners have prepared. */
  async abandon(apply: ApplyRow, lease: Lease): Promise<void> {
    const abandoning = { ...apply, state: 'abandoning' as const };
    const moved =
      apply.state === 'abandoning' ||
      (await this.applies.move(apply, abandoning.state, this.renewed(lease), this.clock.now()));
    if (!moved) return;
    for (const owner of apply.owners) await this.owners.abandon(owner, apply.game, apply.id);
    await this.database.transaction((tx) => this.applies.finish(tx, apply.id, 'abandoned', this.clock.now()));
  }

  /** Commits at every owner, then here: settings, version, audit row and the end of the saga in one transaction. */
  async complete(apply: ApplyRow): Promise<{ game: GameRow; warnings: ConfigurationWarning[] }> {
    const warnings: ConfigurationWarning[] = [];
    for (const owner of apply.owners) warnings.push(...(await this.owners.commit(owner, apply.game, apply.id)));
    const { game, staged } = await this.database.transaction(async (tx) => {
      const state = await this.applies.lock(tx, apply.id);
      const before = (await this.games.lock(tx, apply.game.studioId, apply.game.gameId)) ?? unknownGame();
      // Two workers may have come this far when a lease ran out; the second finds it done.
      if (state !== 'committing') return { game: before, staged: nothingStaged };
      const game = isEmpty(apply) ? before : await this.games.save(tx, applied(before, apply), this.clock.now());
      await this.audit.record(tx, apply.audit);
      await this.applies.finish(tx, apply.id, 'done', this.clock.now());
      return { game, staged: isEmpty(apply) ? nothingStaged : await this.facts.stage(tx, game) };
    });
    await this.facts.carry(staged);
    return { game, warnings };
  }

  private renewed(lease: Lease): Lease {
    return { ...lease, until: new Date(this.clock.nowMs() + leaseMs) };
  }
}

function applied(game: GameRow, { settings }: ApplyRow): GameRow {
  return {
    ...game,
    settings: changedSettings(game.settings, settings),
    configurationVersion: game.configurationVersion + 1,
  };
}

/** A document that changes nothing leaves an audit row and no new version. */
function isEmpty({ owners, settings }: ApplyRow): boolean {
  return owners.length === 0 && Object.keys(settings).length === 0;
}
