import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { payoutKeysMax, readPayouts, type Grant } from '@kraty/contracts/grants';
import { Logger } from '@kraty/platform/logging';
import { Messenger } from '@kraty/platform/messaging';

/** A courtesy of the reply, like the wait before it. */
const deadlineMs = 500;

/** Payouts asked for in one scope. */
export interface PayoutQuestion {
  scope: Scope;
  payoutKeys: readonly string[];
}

/** What milestones have given, as grants tell it. */
@Injectable()
export class MilestonePayouts {
  constructor(
    private readonly messenger: Messenger,
    private readonly logger: Logger,
  ) {}

  /** By payout key. What grants do not tell in time is left out: it follows in the player's pending grants. */
  async known(questions: readonly PayoutQuestion[]): Promise<Map<string, Grant[]>> {
    const known = new Map<string, Grant[]>();
    const asked = pagesByGame(questions).map(async ({ scope, payoutKeys }) => {
      const { payouts } = await this.messenger.request(
        readPayouts,
        { scope, payoutKeys: [...payoutKeys] },
        { deadlineMs },
      );
      for (const [key, grants] of Object.entries(payouts)) known.set(key, grants);
    });
    for (const answer of await Promise.allSettled(asked)) {
      if (answer.status === 'rejected') {
        this.logger.warn({ err: answer.reason }, 'grants do not tell what milestones gave; replies leave it out');
      }
    }
    return known;
  }
}

/** One question a game and environment, in pages. */
function pagesByGame(questions: readonly PayoutQuestion[]): PayoutQuestion[] {
  const byGame = new Map<string, { scope: Scope; payoutKeys: string[] }>();
  for (const { scope, payoutKeys } of questions) {
    const name = `${scope.gameId}:${scope.environment}`;
    const known = byGame.get(name);
    if (known === undefined) byGame.set(name, { scope, payoutKeys: [...payoutKeys] });
    else known.payoutKeys.push(...payoutKeys);
  }
  return [...byGame.values()].flatMap(({ scope, payoutKeys }) => pages(scope, payoutKeys));
}

function pages(scope: Scope, payoutKeys: readonly string[]): PayoutQuestion[] {
  const count = Math.ceil(payoutKeys.length / payoutKeysMax);
  return Array.from({ length: count }, (_, page) => ({
    scope,
    payoutKeys: payoutKeys.slice(page * payoutKeysMax, (page + 1) * payoutKeysMax),
  }));
}
