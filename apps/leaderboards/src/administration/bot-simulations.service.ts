import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type { ConfigurationWarning } from '@kraty/contracts/configuration';
import {
  botProblems,
  canonicalBot,
  isBotBehavior,
  SimulateBotBody,
  type BotBehavior,
  type BotConfiguration,
  type BotProblem,
  type BotSimulation,
  type BotView,
} from '@kraty/contracts/leaderboards';
import { fail, shapedBody, validationFailed } from '@kraty/platform/errors';
import { boardClock } from '../bots/board-clock.js';
import { botWarnings } from '../bots/check-bots.js';
import { envelopeOf, simulateBot, type SimulatedSeries } from '../bots/simulation.js';
import { configuredBody } from './configured-body.js';
import { ConfiguredReads } from './configured-reads.service.js';

/** A simulation may take this long: who asked for it waits no longer, and it costs the boards' own work. Milliseconds. */
const simulationMs = 15_000;
/** Id in the seeds of a bot that is not kept yet. */
const unsavedBotId = '00000000-0000-8000-8000-000000000000';

interface SimulatedBot {
  id: string;
  behavior: BotBehavior;
  warnings: ConfigurationWarning[];
}

/** Tries bots out without a board (04 §6.1). Writes nothing. */
@Injectable()
export class BotSimulations {
  constructor(private readonly reads: ConfiguredReads) {}

  /** @throws validation_failed for a body that is no bot at all */
  validate(body: unknown): { status: 'valid' | 'invalid'; problems: BotProblem[]; warnings: ConfigurationWarning[] } {
    const bot = configuredBody('bots', body) as BotConfiguration;
    const problems = botProblems(bot.behavior);
    const warnings = problems.length > 0 ? [] : warningsOf(bot);
    return { status: problems.length === 0 ? 'valid' : 'invalid', problems, warnings };
  }

  /** @throws validation_failed, not_found, config_invalid for a bot that is not valid */
  async simulate(game: GameScope, raw: unknown): Promise<BotSimulation> {
    const body = shapedBody(SimulateBotBody, raw);
    const bot = await this.botOf(game, body);
    const players = {
      playerScores: body.context?.playerScores ?? [],
      humanScores: body.context?.humanScores ?? [],
      progressWrites: body.context?.progressWrites ?? [],
    };
    const untilMs = performance.now() + simulationMs;
    const series: SimulatedSeries[] = [];
    for (const boardKey of body.seeds) {
      for (let slot = 0; slot < (body.slots ?? 1); slot += 1) {
        const { durationSeconds } = body;
        const one = await simulateBot(bot, { boardKey, slot, durationSeconds }, players, untilMs);
        if (one === null) throw tooCostly();
        series.push(one);
      }
    }
    return {
      gridSeconds: boardClock(0, body.durationSeconds * 1_000).gridSeconds,
      series: series.map(({ seed, slot, points }) => ({ seed, slot, points })),
      envelope: envelopeOf(series),
      transitions: series.flatMap(({ seed, slot, transitions }) =>
        transitions.map((transition) => ({ seed, slot, ...transition })),
      ),
      warnings: bot.warnings,
    };
  }

  private async botOf(game: GameScope, { botId, bot }: SimulateBotBody): Promise<SimulatedBot> {
    if ((botId ?? null) === null && !bot) {
      throw validationFailed([{ path: 'body.botId', code: 'required', message: 'botId or bot is required' }]);
    }
    if (botId && bot) {
      throw validationFailed([{ path: 'body.bot', code: 'conflict', message: 'give a botId or a bot, not both' }]);
    }
    const known = botId ? ((await this.reads.read(game, 'bots', botId)) as BotView) : null;
    const stated = known ?? canonicalBot(bot as unknown as BotConfiguration);
    const { behavior } = stated;
    if (!isBotBehavior(behavior)) {
      const issues = botProblems(behavior).map(({ path, message }) => ({ path, code: 'format' as const, message }));
      throw fail('config_invalid', 'the bot is not valid', { issues });
    }
    return { id: known?.id ?? unsavedBotId, behavior, warnings: warningsOf(stated) };
  }
}

function tooCostly() {
  const message = 'takes too long with this bot: try fewer seeds, slots or transitions';
  return validationFailed([{ path: 'body.seeds', code: 'range', message }]);
}

function warningsOf(bot: BotConfiguration): ConfigurationWarning[] {
  return botWarnings({ changes: { upserts: { bots: [bot] }, archives: {} } });
}
