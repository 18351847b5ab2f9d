import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Outbox, type Staged } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { Logger } from '@kraty/platform/logging';
import { Database, type Tx } from '@kraty/platform/persistence';
import { expiryOf } from '../expiry/expiry.js';
import { GameSettingsService } from '../game-settings/game-settings.service.js';
import { grantFact } from '../grants/grants.facts.js';
import { GrantsConfiguration } from '../grants.configuration.js';
import { RollSecretsService } from '../roll-secrets/roll-secrets.service.js';
import { RollStream, rollSeed } from '../rolls/roll-stream.js';
import { roll, UnrollableError, type RollableEntry } from '../rolls/roll.js';
import { batchOf, distinctInOrder, type BatchGrant, type PayoutOrder } from './payout.js';
import { PayoutsStore, type MadeGrant, type PinnedBundle, type RolledPayout } from './payouts.store.js';

/** Makes the grants of due payouts: each payout once for ever, whatever is delivered how often (07 §5.2). */
@Injectable()
export class PayoutsService {
  constructor(
    private readonly database: Database,
    private readonly store: PayoutsStore,
    private readonly rollSecrets: RollSecretsService,
    private readonly settings: GameSettingsService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly configuration: GrantsConfiguration,
  ) {}

  /** Idempotent by payout key. */
  async pay(due: readonly PayoutOrder[]): Promise<void> {
    const orders = distinctInOrder(due);
    if (orders.length === 0) return;
    const bundles = await this.pinnedBundles(orders);
    // One instant for the batch: a grant expires whole days after its `createdAt`, to the millisecond (07 §8).
    const now = this.clock.now();
    const rolled: RolledPayout[] = [];
    for (const order of orders) rolled.push(await this.rollOne(order, bundles.get(order) ?? null, now));
    const staged = await this.database.transaction((tx) => this.write(tx, rolled, now));
    await this.outbox.carry(staged);
  }

  private async pinnedBundles(orders: readonly PayoutOrder[]): Promise<Map<PayoutOrder, PinnedBundle>> {
    const wanting = orders.flatMap((order) =>
      'bundleKey' in order.contents
        ? [{ order, gameId: order.scope.gameId, key: order.contents.bundleKey, pinAt: order.pinAt }]
        : [],
    );
    const found = await this.store.inForce(wanting);
    return new Map(found.map((bundle, place) => [wanting[place]!.order, bundle]));
  }

  private async rollOne(order: PayoutOrder, bundle: PinnedBundle | null, now: Date): Promise<RolledPayout> {
    const { gameId } = order.scope;
    const { grantDefaultTtlDays } = await this.settings.read(gameId);
    const secret = await this.rollSecrets.secretOf(order.scope);
    const { entries, failure } = entriesOf(order, bundle);
    const rolled = entries ? tryRoll(entries, new RollStream(rollSeed(secret.bytes, order.payoutKey))) : null;
    const problem = failure ?? rolled?.failure ?? null;
    // The payout counts as made: retrying it would fail the same way until an operator mends the configuration.
    if (problem) this.logger.error({ gameId, payoutKey: order.payoutKey, problem }, 'a payout could not be rolled');
    const grants = rolled?.grants ?? [];
    return {
      order,
      outcome: problem ? 'failed' : outcomeOf(grants),
      failure: problem,
      rollSecretVersion: secret.version,
      pinnedRevisions: pinnedRevisionsOf(order, bundle),
      grants,
      expiresAt: expiryOf(now, grantDefaultTtlDays, this.configuration.grantDefaultTtlDays),
    };
  }

  private async write(tx: Tx, rolled: readonly RolledPayout[], now: Date): Promise<Staged> {
    const fresh = await this.store.insert(tx, rolled, now);
    const made = fresh.flatMap((payout) => madeOf(payout, now));
    const rows = await this.store.insertGrants(tx, made, now);
    return this.outbox.stage(
      tx,
      rows.map((row) => grantFact('created', row, now)),
    );
  }
}

function madeOf(payout: RolledPayout, now: Date): MadeGrant[] {
  return payout.grants.map((grant, ordinal) => ({ ...grant, id: uuidV7(now.getTime()), ordinal, payout }));
}

function entriesOf(
  { contents }: PayoutOrder,
  bundle: PinnedBundle | null,
): { entries: readonly RollableEntry[] | null; failure: string | null } {
  if ('entries' in contents) return { entries: contents.entries, failure: null };
  if (!bundle?.entries) return { entries: null, failure: `there is no bundle ${contents.bundleKey}` };
  if (bundle.archived) return { entries: null, failure: `bundle ${contents.bundleKey} was archived` };
  return { entries: bundle.entries, failure: null };
}

function tryRoll(
  entries: readonly RollableEntry[],
  stream: RollStream,
): { grants: BatchGrant[]; failure: string | null } {
  try {
    return { grants: batchOf(roll(entries, stream)), failure: null };
  } catch (error) {
    if (error instanceof UnrollableError) return { grants: [], failure: error.message };
    throw error;
  }
}

function outcomeOf(grants: readonly BatchGrant[]): RolledPayout['outcome'] {
  return grants.length > 0 ? 'granted' : 'empty';
}

function pinnedRevisionsOf({ contents }: PayoutOrder, bundle: PinnedBundle | null): RolledPayout['pinnedRevisions'] {
  if (!('bundleKey' in contents) || bundle?.revision == null) return [];
  return [{ key: contents.bundleKey, revision: bundle.revision }];
}
