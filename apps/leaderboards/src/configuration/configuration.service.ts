import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import {
  sortedByKey,
  type ExportedSections,
  type ProposedChanges,
  type SectionChanges,
} from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import { boardsConfigured, type LeaderboardConfiguration } from '@kraty/contracts/leaderboards';
import { Clock } from '@kraty/platform/clock';
import { ConfigurationApplies, ConfigurationPart, type Verdict } from '@kraty/platform/configuration-applies';
import { Outbox, type NewFact } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import type { Tx } from '@kraty/platform/persistence';
import { botWarnings } from '../bots/check-bots.js';
import { BotsConfiguration } from '../bots/bots-configuration.service.js';
import { configurationOf, definitionOf, isSameRules, type Definition } from '../definitions/definition.js';
import { Definitions } from '../definitions/definitions.service.js';
import { DefinitionsStore } from '../definitions/definitions.store.js';
import { nextPeriodMs, rulesAt, type Rules } from '../definitions/period.js';
import { checkBoards, frozenBoards, type KnownBoards } from './check.js';

/** The part of a game's configuration that is boards and bots (04 §12). */
@Injectable()
export class ConfigurationService extends ConfigurationPart {
  constructor(
    applies: ConfigurationApplies,
    outbox: Outbox,
    private readonly store: DefinitionsStore,
    private readonly definitions: Definitions,
    private readonly bots: BotsConfiguration,
    private readonly clock: Clock,
  ) {
    super(applies, outbox);
  }

  async export(game: GameScope, tx?: Tx): Promise<ExportedSections> {
    const own = sortedByKey((await this.store.visible(game, tx)).filter(({ gameId }) => gameId === game.gameId));
    const bots = await this.bots.export(game, tx);
    const leaderboards = own.filter(({ archived }) => !archived).map(configurationOf);
    const archivedKeys = own.filter(({ archived }) => archived).map(({ key }) => key);
    return {
      sections: { ...bots.sections, leaderboards },
      archivedKeys: { ...bots.archivedKeys, leaderboards: archivedKeys },
    };
  }

  async check(proposed: ProposedChanges, tx?: Tx): Promise<Verdict> {
    const boards = checkBoards(proposed, await this.known(proposed.game, tx));
    return { issues: [...(await this.bots.check(proposed, tx)), ...boards], warnings: botWarnings(proposed) };
  }

  /** Those of the issues that stand because a board has scores (04 §6). */
  async frozen(proposed: ProposedChanges, tx?: Tx): Promise<Issue[]> {
    return frozenBoards(proposed, await this.known(proposed.game, tx));
  }

  override forget({ studioId }: GameScope): void {
    this.definitions.drop(studioId);
  }

  async write(tx: Tx, game: GameScope, changes: SectionChanges): Promise<NewFact[]> {
    await this.bots.write(tx, game, changes);
    const { upserts, archives } = changes;
    const boards = upserts.leaderboards ?? [];
    const archived = archives.leaderboards ?? [];
    if (boards.length + archived.length === 0) return [];
    const known = await this.known(game, tx);
    for (const board of boards) await this.save(tx, game, board, known);
    await this.store.archive(tx, game.gameId, archived, this.clock.now());
    const { studioId, gameId } = game;
    const changed = { type: boardsConfigured, scope: { studioId, gameId }, aggregateId: gameId, payload: { gameId } };
    return [{ ...changed, revision: known.nowMs }];
  }

  private async known(game: GameScope, tx?: Tx): Promise<KnownBoards> {
    const definitions = await this.store.visible(game, tx);
    const ids = definitions.map(({ leaderboardId }) => leaderboardId);
    return { definitions, scored: await this.store.scored(ids, tx), nowMs: this.clock.nowMs() };
  }

  private async save(tx: Tx, game: GameScope, board: LeaderboardConfiguration, known: KnownBoards): Promise<void> {
    const present = known.definitions.find(({ gameId, key }) => gameId === game.gameId && key === board.key);
    const wanted = definitionOf(game, present?.leaderboardId ?? uuidV7(known.nowMs), board);
    await this.store.save(tx, wanted);
    await this.store.saveRules(tx, wanted.leaderboardId, rulesFrom(present, wanted.rules[0], known));
  }
}

/** Until a score exists rules hold from the beginning; afterwards others hold from the next period on (06 §3). */
function rulesFrom(present: Definition | undefined, wanted: Rules, { scored, nowMs }: KnownBoards): Rules[] {
  if (!present || !scored.has(present.leaderboardId)) return [wanted];
  const past = present.rules.filter(({ effectiveFromMs }) => effectiveFromMs <= nowMs);
  if (isSameRules(rulesAt(past, nowMs), wanted)) return past;
  // A score may have come since the check; on a board without end the rules then stay as they are.
  const fromMs = nextPeriodMs(past, nowMs);
  return fromMs === null ? past : [...past, { ...wanted, effectiveFromMs: fromMs }];
}
