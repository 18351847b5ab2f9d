import type { BotBehavior } from '@kraty/contracts/leaderboards';
import { advanceBot, tickBot } from './advance-bot.js';
import { boardClock, type BoardClock } from './board-clock.js';
import { bornBot, type BoardBot, type BoardSight, type BotState } from './bot.js';
import { participantIdOf, seedOf } from './bot-seed.js';

/** Board and bot of the specification's vectors (10 §3). */
export const boardKey = '11111111-1111-4111-8111-111111111111';
export const botId = '22222222-2222-4222-8222-222222222222';

/** A board without players. */
export const emptySight: BoardSight = {
  humanScoreAt: () => null,
  requesterId: null,
  human: () => null,
  botRank: () => null,
  topScore: 0,
  humanCount: 0,
  participantCount: 1,
  ticks: 0,
};

/** A bot of the vectors' board, looked at as a test likes. Times are seconds of the board. */
export class WatchedBot {
  readonly bot: BoardBot;
  readonly clock: BoardClock;
  state: BotState;

  constructor(behavior: BotBehavior, { slot = 0, lengthSeconds = 7_200 as number | null } = {}) {
    const seed = seedOf(boardKey, botId, slot);
    this.bot = { slot, seed, participantId: participantIdOf(seed), behavior };
    this.clock = boardClock(0, lengthSeconds === null ? null : lengthSeconds * 1_000);
    this.state = bornBot(this.bot, this.clock);
  }

  at(second: number, sight: Partial<BoardSight> = {}): BotState {
    const whole = { ...emptySight, ...sight };
    this.state = advanceBot(this.bot, this.state, this.clock, whole, second * 1_000);
    return this.state;
  }

  tick(ticks: number, second = 0): number {
    this.state = tickBot(this.bot, this.state, this.clock, ticks, second * 1_000);
    return this.state.score;
  }
}
