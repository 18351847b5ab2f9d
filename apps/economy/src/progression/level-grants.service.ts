import { Injectable } from '@nestjs/common';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { levelPayoutKey, type DerivedChange } from '@kraty/contracts/economy';
import { payoutKeysMax, readPayouts, type Grant } from '@kraty/contracts/grants';
import { Logger } from '@kraty/platform/logging';
import { Messenger } from '@kraty/platform/messaging';
import type { DerivedMove } from '../ledger/write.js';

/** Naming grants is a courtesy to the answer and must stay shorter than its patience. Milliseconds. */
const readPayoutsDeadlineMs = 1_000;

/** Names the grants that levels have paid, in the first answer and in every replay of it. */
@Injectable()
export class LevelGrants {
  constructor(
    private readonly messenger: Messenger,
    private readonly logger: Logger,
  ) {}

  /** What grants have not made yet is left out; it comes all the same (README §4). */
  async named(scope: Scope, { playerId }: PlayerRef, moves: readonly DerivedMove[]): Promise<DerivedChange[]> {
    const keyOf = ({ economyKey }: DerivedMove, level: number) => levelPayoutKey(playerId, economyKey, level);
    const payoutKeys = moves.flatMap((move) => move.paidLevels.map((level) => keyOf(move, level)));
    const payouts = payoutKeys.length > 0 ? await this.payouts(scope, payoutKeys) : {};
    return moves.map((move) => {
      const { paidLevels, ...change } = move;
      const grants = paidLevels.flatMap((level) => payouts[keyOf(move, level)] ?? []);
      return { ...change, grantIds: grants.map(({ id }) => id) };
    });
  }

  private async payouts(scope: Scope, payoutKeys: readonly string[]): Promise<Record<string, Grant[]>> {
    const found: Record<string, Grant[]> = {};
    try {
      for (let at = 0; at < payoutKeys.length; at += payoutKeysMax) {
        const question = { scope, payoutKeys: payoutKeys.slice(at, at + payoutKeysMax) };
        const options = { deadlineMs: readPayoutsDeadlineMs };
        Object.assign(found, (await this.messenger.request(readPayouts, question, options)).payouts);
      }
    } catch (error) {
      this.logger.debug({ err: error }, 'the grants of a level are not known yet');
    }
    return found;
  }
}
