import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type { GrantedEntry } from '@kraty/contracts/grants';
import { Logger } from '@kraty/platform/logging';
import { keyOf } from '../catalog/reward-catalog.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { ExpiriesService } from '../expiry/expiries.service.js';
import { RollSecretsService } from '../roll-secrets/roll-secrets.service.js';
import { PinnedService, type PinnedRoll } from '../rolls/pinned.service.js';
import type { PinnedRevision, RollContents } from '../rolls/roll-contents.js';
import { RollStream, rollSeed } from '../rolls/roll-stream.js';
import { roll, UnrollableError } from '../rolls/roll.js';
import { batchOf, rollableOf, type BatchGrant, type PayoutContents, type PayoutOrder } from './payout.js';
import type { RolledPayout } from './payouts.store.js';

/** What one roll has come to; entries are null when it failed for a fault of the configuration. */
export interface Rolled {
  entries: GrantedEntry[] | null;
  failure: string | null;
  rollSecretVersion: number;
}

export interface RolledAt extends Rolled {
  pinnedRevisions: PinnedRevision[];
}

/** Rolls what payouts order: the same order gives the same result, here and on every other instance (07 §3). */
@Injectable()
export class RollsService {
  constructor(
    private readonly pinned: PinnedService,
    private readonly rollSecrets: RollSecretsService,
    private readonly catalogs: CatalogService,
    private readonly expiries: ExpiriesService,
    private readonly logger: Logger,
  ) {}

  /**
   * One result an order, in their order. `repeated`: they failed before, and what has been mended since counts.
   *
   * @throws 503 while the economy is away, of repeated ones: nobody knows whether what they failed for is mended
   */
  async roll(orders: readonly PayoutOrder[], now: Date, repeated = false): Promise<RolledPayout[]> {
    const requests = orders.map(({ scope, contents, pinAt }) => ({
      gameId: scope.gameId,
      contents: rollableOf(contents),
      pinAt,
      repeated,
    }));
    const pinned = await this.pinned.resolve(requests);
    const rolled: RolledPayout[] = [];
    for (const [at, order] of orders.entries()) rolled.push(await this.rollOne(order, pinned[at]!, now, repeated));
    return rolled;
  }

  /** What contents give under a key, with the revisions in force at an instant; writes nothing. */
  async rollAt(game: GameScope, payoutKey: string, contents: RollContents, pinAt: Date): Promise<RolledAt> {
    const [pinned] = await this.pinned.resolve([{ gameId: game.gameId, contents, pinAt }]);
    if (!pinned) throw new Error('one answer a request');
    return { ...(await this.rollPinned(game, payoutKey, pinned, false)), pinnedRevisions: pinned.revisions };
  }

  private async rollOne(order: PayoutOrder, pinned: PinnedRoll, now: Date, repeated: boolean): Promise<RolledPayout> {
    const expiresAt = await this.expiries.defaultOf(order.scope.gameId, now);
    const unrolled = unrolledOf(order.contents);
    if (unrolled) {
      const none = { failure: null, rollSecretVersion: null, pinnedRevisions: [] };
      return { order, outcome: outcomeOf(unrolled), grants: unrolled, expiresAt, ...none };
    }
    const tried = await this.rollPinned(order.scope, order.payoutKey, pinned, repeated);
    const { entries, failure, rollSecretVersion } = tried;
    // The payout counts as tried: it would fail the same way until the configuration is mended (04 §8.3).
    const { gameId } = order.scope;
    if (failure) this.logger.error({ gameId, payoutKey: order.payoutKey, failure }, 'a payout could not be rolled');
    const grants = batchOf(entries ?? []);
    const outcome = entries === null ? 'failed' : outcomeOf(grants);
    return { order, outcome, failure, rollSecretVersion, pinnedRevisions: pinned.revisions, grants, expiresAt };
  }

  private async rollPinned(game: GameScope, payoutKey: string, pinned: PinnedRoll, repeated: boolean): Promise<Rolled> {
    const secret = await this.rollSecrets.secretOf(game);
    const tried = tryRoll(pinned, new RollStream(rollSeed(secret.bytes, payoutKey)));
    const failure = tried.failure ?? (await this.archivedKey(game, tried.entries ?? [], repeated));
    return { entries: failure ? null : tried.entries, failure, rollSecretVersion: secret.version };
  }

  /**
   * A key that was archived cannot be given any more (04 §7). While the economy is away nobody can tell, and a player's
   * reward does not wait for it: what was archived a moment ago is deposited all the same (07 §11). One that failed waits.
   */
  private async archivedKey(
    game: GameScope,
    entries: readonly GrantedEntry[],
    repeated: boolean,
  ): Promise<string | null> {
    if (entries.length === 0) return null;
    try {
      const unknown = await this.catalogs.firstUnknown(game, entries);
      return unknown && `${entries[unknown.index]!.type} ${keyOf(entries[unknown.index]!)} is not in the catalog`;
    } catch (error) {
      if (repeated) throw error;
      this.logger.warn({ err: error, gameId: game.gameId }, 'a payout was rolled without a look at the catalog');
      return null;
    }
  }
}

/** The grants of what is not rolled; null when there is something to roll. */
function unrolledOf(contents: PayoutContents): BatchGrant[] | null {
  if ('notice' in contents) return [{ kind: 'reward', contents: { entries: [], ladder: contents.notice } }];
  return 'settled' in contents ? batchOf(contents.settled) : null;
}

function tryRoll(
  { entries, tables, failure }: PinnedRoll,
  stream: RollStream,
): { entries: GrantedEntry[] | null; failure: string | null } {
  if (failure) return { entries: null, failure };
  try {
    return { entries: roll(entries, stream, tables), failure: null };
  } catch (error) {
    if (error instanceof UnrollableError) return { entries: null, failure: error.message };
    throw error;
  }
}

function outcomeOf(grants: readonly BatchGrant[]): RolledPayout['outcome'] {
  return grants.length > 0 ? 'granted' : 'empty';
}
