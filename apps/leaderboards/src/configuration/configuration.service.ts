import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import {
  sortedByKey,
  type CheckConfiguration,
  type ConfigurationWarning,
  type ExportedSections,
  type SectionChanges,
} from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import { boardsConfigured, type LeaderboardConfiguration } from '@kraty/contracts/leaderboards';
import { Clock } from '@kraty/platform/clock';
import { ConfigurationApplies, type ApplyRef } from '@kraty/platform/configuration-applies';
import { fail } from '@kraty/platform/errors';
import { Outbox, type NewFact, type Staged } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import type { Tx } from '@kraty/platform/persistence';
import { botWarnings } from '../bots/check-bots.js';
import { BotsConfiguration } from '../bots/bots-configuration.service.js';
import { configurationOf, definitionOf, isSameRules, type Definition } from '../definitions/definition.js';
import { Definitions } from '../definitions/definitions.service.js';
import { DefinitionsStore } from '../definitions/definitions.store.js';
import { nextPeriodMs, rulesAt, type Rules } from '../definitions/period.js';
import { checkBoards, frozenBoards, type KnownBoards } from './check.js';

const nothingStaged: Staged = { envelopes: [] };

/** The part of a game's configuration that is boards and bots (04 §12). */
@Injectable()
export class ConfigurationService {
  constructor(
    private readonly applies: ConfigurationApplies,
    private readonly store: DefinitionsStore,
    private readonly definitions: Definitions,
    private readonly bots: BotsConfiguration,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

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

  async check(configuration: CheckConfiguration, tx?: Tx): Promise<Issue[]> {
    const boards = checkBoards(configuration, await this.known(configuration.game, tx));
    return [...(await this.bots.check(configuration, tx)), ...boards];
  }

  /** Those of the issues that stand because a board has scores (04 §6). */
  async frozen(configuration: CheckConfiguration, tx?: Tx): Promise<Issue[]> {
    return frozenBoards(configuration, await this.known(configuration.game, tx));
  }

  /** What is worth telling of changes that can stand. */
  warnings(configuration: CheckConfiguration): ConfigurationWarning[] {
    return botWarnings(configuration);
  }

  /** @throws config_invalid, conflict (apply_running, apply_abandoned) */
  async prepare(configuration: CheckConfiguration & ApplyRef & { actor: string }): Promise<void> {
    const issues = await this.check(configuration);
    if (issues.length > 0) throw fail('config_invalid', 'the boards cannot stand like this', { issues });
    await this.applies.prepare(configuration);
  }

  /** @throws not_found for an apply never prepared, conflict (apply_abandoned) */
  async commit(ref: ApplyRef): Promise<void> {
    const staged = await this.applies.commit(ref, (tx, changes) => this.write(tx, ref.game, changes));
    this.definitions.drop(ref.game.studioId);
    await this.outbox.carry(staged);
  }

  /**
   * A change of this context alone: what `work` reads stays as it is until what it has judged is written.
   *
   * @throws conflict (apply_running)
   */
  async atOnce<R>(
    apply: ApplyRef & { actor: string },
    work: (tx: Tx, write: (changes: SectionChanges, facts: NewFact[]) => Promise<void>) => Promise<R>,
  ): Promise<R> {
    let result: R | undefined;
    const staged = await this.applies.atOnce(apply, async (tx) => {
      const envelopes: Staged['envelopes'][number][] = [];
      result = await work(tx, async (changes, facts) => {
        envelopes.push(...(await this.write(tx, apply.game, changes)).envelopes);
        envelopes.push(...(await this.outbox.stage(tx, facts)).envelopes);
      });
      return { envelopes };
    });
    this.definitions.drop(apply.game.studioId);
    await this.outbox.carry(staged);
    return result as R;
  }

  /** @throws conflict (apply_committed) */
  async abandon(ref: ApplyRef): Promise<void> {
    await this.applies.abandon(ref);
  }

  private async known(game: GameScope, tx?: Tx): Promise<KnownBoards> {
    const definitions = await this.store.visible(game, tx);
    const ids = definitions.map(({ leaderboardId }) => leaderboardId);
    return { definitions, scored: await this.store.scored(ids, tx), nowMs: this.clock.nowMs() };
  }

  private async write(tx: Tx, game: GameScope, changes: SectionChanges): Promise<Staged> {
    await this.bots.write(tx, game, changes);
    const { upserts, archives } = changes;
    const boards = upserts.leaderboards ?? [];
    const archived = archives.leaderboards ?? [];
    if (boards.length + archived.length === 0) return nothingStaged;
    const known = await this.known(game, tx);
    for (const board of boards) await this.save(tx, game, board, known);
    await this.store.archive(tx, game.gameId, archived, this.clock.now());
    const { studioId, gameId } = game;
    const changed = { type: boardsConfigured, scope: { studioId, gameId }, aggregateId: gameId, payload: { gameId } };
    return this.outbox.stage(tx, [{ ...changed, revision: known.nowMs }]);
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
