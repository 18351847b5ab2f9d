import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type { ExportedSections } from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import type {
  ApplyMode,
  ConfigurationPlan,
  ExportConfiguration,
  GameSettings,
  PlanConfiguration,
} from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { sha256Hex } from '@kraty/platform/ids';
import { canonicalJson } from '../audit/audit-chain.js';
import { changedSettings } from '../games/game-settings.js';
import { unknownGame } from '../games/games.service.js';
import { GamesStore, type GameRow } from '../games/games.store.js';
import { AccessService } from '../members/access.service.js';
import { shapedDocument } from './document-shape.js';
import { writeDocument } from './document-text.js';
import { documentOf } from './export.js';
import { Owners } from './owners.service.js';
import { withoutPastOverrides } from './past-overrides.js';
import { compare, sizeProblems, type Comparison, type CurrentConfiguration } from './plan.js';

/** Bounds the reply: a broken document can have thousands of problems. */
const issuesMax = 200;

/** A plan with what is needed to carry it out. */
export interface Planned {
  game: GameScope;
  plan: ConfigurationPlan;
  comparison: Comparison;
  /** As they would be afterwards. */
  settings: GameSettings;
}

@Injectable()
export class PlanningService {
  constructor(
    private readonly games: GamesStore,
    private readonly owners: Owners,
    private readonly access: AccessService,
    private readonly clock: Clock,
  ) {}

  async export(call: ExportConfiguration): Promise<{ configVersion: number; text: string }> {
    await this.access.require(call.operator, 'config.export', call);
    const { game, current } = await this.current(call);
    const text = writeDocument(documentOf(current, call.sections), call.format);
    return { configVersion: game.configurationVersion, text };
  }

  async plan(call: PlanConfiguration): Promise<ConfigurationPlan> {
    await this.access.require(call.operator, 'config.plan', call);
    return (await this.prepare(call, 'body')).plan;
  }

  /**
   * Compares, and asks every owner; writes nothing.
   *
   * @throws validation_failed for a document out of shape
   */
  async prepare(call: PlanConfiguration, root: string): Promise<Planned> {
    const shaped = shapedDocument(call.document, root);
    if ('issues' in shaped) throw outOfShape(shaped.issues);
    const { game, current, runningWindows } = await this.current(call);
    const overridden = { events: current.sections.events, runningWindows, nowMs: this.clock.nowMs() };
    const { document, warnings } = withoutPastOverrides(shaped.document, overridden);
    const comparison = compare(document, current, call.mode);
    const settings = changedSettings(current.settings, comparison.settings);
    const scope = { studioId: call.studioId, gameId: call.gameId };
    const oversize = sizeProblems(comparison);
    // What is too large would not reach the owners.
    const nothing = { errors: [], warnings: [] };
    const verdict = oversize.length > 0 ? nothing : await this.owners.check(scope, comparison, settings);
    const { creates, updates, archives, unchanged } = comparison;
    const plan: ConfigurationPlan = {
      configVersion: game.configurationVersion,
      planHash: planHash(call.mode, current, comparison, settings),
      creates,
      updates,
      archives,
      unchanged,
      warnings: [...comparison.warnings, ...warnings, ...verdict.warnings].slice(0, issuesMax),
      // Two checks may find the same thing twice.
      errors: distinct([...comparison.errors, ...oversize, ...verdict.errors]).slice(0, issuesMax),
    };
    return { game: scope, plan, comparison, settings };
  }

  private async current({ studioId, gameId }: GameScope): Promise<{
    game: GameRow;
    current: CurrentConfiguration;
    runningWindows: ExportedSections['runningWindows'];
  }> {
    const game = (await this.games.find(studioId, gameId)) ?? unknownGame();
    const { runningWindows, ...exported } = await this.owners.export({ studioId, gameId });
    return { game, current: { settings: game.settings, ...exported }, runningWindows };
  }
}

/** Stands for what was compared and what came of it: another one means that the ground has moved. */
function planHash(
  mode: ApplyMode,
  current: CurrentConfiguration,
  comparison: Comparison,
  settings: GameSettings,
): string {
  const { changes, desired } = comparison;
  return sha256Hex(canonicalJson({ mode, current, changes, desired, settings }));
}

function distinct<W extends { path: string; code: string }>(problems: W[]): W[] {
  return [...new Map(problems.map((problem) => [`${problem.path} ${problem.code}`, problem])).values()];
}

function outOfShape(issues: Issue[]) {
  const [first] = issues;
  return fail('validation_failed', `${first?.path}: ${first?.message}`, { issues: issues.slice(0, issuesMax) });
}
