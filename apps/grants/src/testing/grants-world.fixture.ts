import { randomUUID } from 'node:crypto';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { configurationRoutes, emptySections, type SectionName, type Sections } from '@kraty/contracts/configuration';
import { listInventory, listWallet } from '@kraty/contracts/economy';
import { attemptCompleted, type AttemptCompleted } from '@kraty/contracts/events';
import {
  claimGrant,
  type FixedBundlePolicy,
  listPendingGrants,
  type Grant,
  type RewardBundleConfiguration,
  type RewardEntry,
} from '@kraty/contracts/grants';
import { gameChanged, type GameSettings } from '@kraty/contracts/identity';
import type { FactEnvelope, FactScope, FactType } from '@kraty/contracts/messages';
import { MovableClock } from '@kraty/platform/clock';
import { Messenger } from '@kraty/platform/messaging';
import type { RepeatingWorker } from '@kraty/platform/rounds';
import { askPatiently, eventually, startGround, startHost } from '@kraty/testing/harness';
import { RecoveryService } from '../claims/recovery.service.js';
import { SweepService } from '../expiry/sweep.service.js';

type Ground = Awaited<ReturnType<typeof startGround>>;
type Host = Awaited<ReturnType<typeof startHost>>;

const routes = { economy: configurationRoutes('economy'), grants: configurationRoutes('grants') };

export const settings: GameSettings = {
  displayName: 'Trail Runner',
  slug: 'trail-runner',
  grantDefaultTtlDays: null,
  displayTimezone: 'UTC',
  inventoryManagement: 'platform',
  acceptClientScores: true,
  allowClientIdentity: true,
  anomalyRetentionDays: 180,
  defaultIdentityPoolKey: null,
};

const catalog: Pick<Sections, 'items' | 'currencies'> = {
  items: [{ key: 'torch', name: 'Torch' }],
  currencies: [{ key: 'gold', name: 'Gold', kind: 'currency' }],
};

export const prize: RewardBundleConfiguration = {
  key: 'daily_prize',
  name: 'Daily prize',
  entries: [
    { type: 'currency', currencyKey: 'gold', amount: 100 },
    { type: 'item', itemKey: 'torch', quantity: 2 },
  ],
};

/** The services say a lot about failures that the tests cause on purpose. */
const environment = { LOG_LEVEL: 'fatal' };

/** Running grants and economy on a ground of their own, spoken to as other services do. */
export class GrantsWorld {
  private revisions = 0;

  private constructor(
    readonly ground: Ground,
    readonly messenger: Messenger,
    readonly clock: MovableClock,
    readonly grants: Host,
    private economy: Host,
  ) {}

  static async start(): Promise<GrantsWorld> {
    const ground = await startGround({ services: ['economy', 'grants'] });
    const clock = new MovableClock(new Date('2026-06-08T12:00:00.000Z'));
    const grants = await startHost(['grants'], ground, { clock, environment });
    // Tests ask for these themselves: what a round of the service's own holds, theirs would pass over.
    for (const worker of [RecoveryService, SweepService]) {
      grants.service('grants').app.get<RepeatingWorker>(worker).round = () => Promise.resolve();
    }
    waitForCatalog(grants.service('grants').app.get(Messenger));
    const economy = await startHost(['economy'], ground, { clock, environment });
    return new GrantsWorld(ground, askPatiently(await ground.messenger()), clock, grants, economy);
  }

  async stop(): Promise<void> {
    await Promise.all([this.grants.stop(), this.economy.stop()]);
    await this.ground.stop();
  }

  async stopEconomy(): Promise<void> {
    await this.economy.stop();
  }

  async startEconomy(): Promise<void> {
    this.economy = await startHost(['economy'], this.ground, { clock: this.clock, environment });
  }

  newPlayer(externalPlayerId = 'mira'): PlayerRef {
    return { playerId: randomUUID(), externalPlayerId };
  }

  /** A game with gold, torches and the given bundles. */
  async game(...rewardBundles: RewardBundleConfiguration[]): Promise<Scope> {
    const scope: Scope = { studioId: randomUUID(), gameId: randomUUID(), environment: 'live' };
    await this.configure(scope, 'economy', { ...catalog });
    if (rewardBundles.length > 0) await this.configure(scope, 'grants', { rewardBundles });
    return scope;
  }

  /** A game with the given catalog, bundles and tables. */
  async gameOf(sections: Partial<Sections>): Promise<Scope> {
    const scope: Scope = { studioId: randomUUID(), gameId: randomUUID(), environment: 'live' };
    await this.reconfigure(scope, sections);
    return scope;
  }

  /** Applies sections of several owners, as one document would. */
  async reconfigure(scope: Scope, sections: Partial<Sections>): Promise<void> {
    const { items = catalog.items, currencies = catalog.currencies, rewardBundles = [], rewardTables = [] } = sections;
    const { desired } = this.applyOf(scope, { items, currencies, rewardBundles, rewardTables });
    await this.applySections(scope, 'economy', { items, currencies }, desired);
    await this.applySections(scope, 'grants', { rewardBundles, rewardTables }, desired);
  }

  async archive(scope: Scope, section: SectionName, ...keys: string[]): Promise<void> {
    const owner = section === 'items' || section === 'currencies' ? 'economy' : 'grants';
    const changes = { upserts: {}, archives: { [section]: keys } };
    const apply = { ...this.applyOf(scope, {}), changes, desired: emptySections() };
    await this.messenger.request(routes[owner].prepare, apply);
    await this.messenger.request(routes[owner].commit, { game: scope, applyId: apply.applyId });
  }

  private async applySections(
    game: Scope,
    owner: 'economy' | 'grants',
    upserts: Partial<Sections>,
    desired: Sections,
  ): Promise<void> {
    const apply = { ...this.applyOf(game, upserts), desired };
    await this.messenger.request(routes[owner].prepare, apply);
    await this.messenger.request(routes[owner].commit, { game, applyId: apply.applyId });
  }

  async configure(game: Scope, owner: 'economy' | 'grants', upserts: Partial<Sections>): Promise<void> {
    const apply = this.applyOf(game, upserts);
    await this.messenger.request(routes[owner].prepare, apply);
    await this.messenger.request(routes[owner].commit, { game, applyId: apply.applyId });
  }

  async archiveBundles(game: Scope, ...keys: string[]): Promise<void> {
    const apply = { ...this.applyOf(game, {}), changes: { upserts: {}, archives: { rewardBundles: keys } } };
    await this.messenger.request(routes.grants.prepare, apply);
    await this.messenger.request(routes.grants.commit, { game, applyId: apply.applyId });
  }

  applyOf(game: Scope, upserts: Partial<Sections>) {
    const desired: Sections = { ...emptySections(), ...catalog, ...(upserts as Sections) };
    const changes = { upserts, archives: {} };
    return { game, changes, desired, settings, applyId: randomUUID(), actor: 'member:test' };
  }

  /** Tells the services new settings, and waits until both go by them. */
  async setSettings({ studioId, gameId }: Scope, changed: Partial<GameSettings>): Promise<void> {
    const state = { gameId, studioId, archivedAt: null, settings: { ...settings, ...changed } };
    this.publish(gameChanged, { studioId, gameId }, gameId, state);
    for (const service of ['economy', 'grants']) {
      await eventually(async () => {
        const text = 'select revision from game_settings where game_id = $1';
        const [row] = await this.ground.sql<{ revision: string }>(service, text, [gameId]);
        expect(Number(row?.revision)).toBe(this.revisions);
      });
    }
  }

  /** An attempt of the player is completed, as the events service would tell it. */
  complete(scope: Scope, player: PlayerRef, more: Partial<AttemptCompleted> = {}): AttemptCompleted {
    const completed: AttemptCompleted = {
      attemptId: randomUUID(),
      eventId: randomUUID(),
      eventKey: 'daily_race',
      eventWindowId: randomUUID(),
      ...player,
      completedAt: this.clock.now().toISOString(),
      rewardPolicy: paying('daily_prize'),
      ...more,
    };
    this.publish(attemptCompleted, scope, completed.attemptId, completed);
    return completed;
  }

  publish<P>(type: FactType<P>, scope: FactScope, aggregateId: string, payload: P): void {
    this.revisions += 1;
    const occurredAt = this.clock.now().toISOString();
    const fact = {
      id: randomUUID(),
      type: type.subject,
      scope,
      aggregateId,
      revision: this.revisions,
      occurredAt,
      payload,
    };
    const envelope: FactEnvelope = { id: randomUUID(), subject: type.subject, facts: [fact] };
    this.messenger.broadcast(type.subject, envelope);
  }

  async pending(scope: Scope, { playerId }: PlayerRef, limit = 50): Promise<Grant[]> {
    return this.messenger.request(listPendingGrants, { scope, playerId, limit });
  }

  /** Completes an attempt and waits for its grant. */
  async grantFor(scope: Scope, player: PlayerRef, entries?: RewardEntry[]): Promise<Grant> {
    const before = new Set((await this.pending(scope, player)).map(({ id }) => id));
    this.complete(scope, player, entries ? { rewardPolicy: payingEntries(entries) } : {});
    return eventually(async () => {
      const fresh = (await this.pending(scope, player)).filter(({ id }) => !before.has(id));
      expect(fresh).toHaveLength(1);
      return fresh[0]!;
    });
  }

  /** Waits until a game has so many grants; asked of the table, so that many do not keep the service from its work. */
  async granted({ gameId }: Scope, count: number): Promise<void> {
    const text = 'select count(*)::int as count from player_grant where game_id = $1';
    const rows = (): Promise<{ count: number }[]> => this.ground.sql('grants', text, [gameId]);
    await eventually(async () => expect(await rows()).toEqual([{ count }]));
  }

  async claim(scope: Scope, player: PlayerRef, grantId: string): Promise<Grant> {
    return this.messenger.request(claimGrant, { scope, player, grantId, idempotency: null });
  }

  /** Balances and quantities by key. */
  async holdings(scope: Scope, { playerId }: PlayerRef): Promise<Record<string, number>> {
    const { wallet } = await this.messenger.request(listWallet, { scope, playerId, externalPlayerId: 'mira' });
    const { items } = await this.messenger.request(listInventory, { scope, playerId });
    return Object.fromEntries([
      ...wallet.map(({ economyKey, balance }) => [economyKey, balance]),
      ...items.map(({ itemKey, quantity }) => [itemKey, quantity]),
    ]);
  }

  async depositRows(grantId: string): Promise<{ resource_key: string; delta: number }[]> {
    const text = 'select resource_key, delta from ledger where operation_id = $1 order by resource_key';
    return this.ground.sql('economy', text, [`grant:${grantId}`]);
  }

  async statusOf(grantId: string): Promise<{ status: string; deposit_state: string }> {
    const text = 'select status, deposit_state from player_grant where id = $1';
    const [row] = await this.ground.sql<{ status: string; deposit_state: string }>('grants', text, [grantId]);
    return row!;
  }
}

/** A roll does not wait for a catalog that is late (07 §11). Here none is late but one that is away, and that is told at once. */
function waitForCatalog(messenger: Messenger): void {
  const request = messenger.request.bind(messenger);
  messenger.request = (route, body, options) =>
    request(
      route,
      body,
      route.subject === routes.economy.export.subject ? { ...options, deadlineMs: 30_000 } : options,
    );
}

export function paying(rewardBundleKey: string): FixedBundlePolicy {
  return { type: 'fixed_bundle', parameters: { rewardBundleKey } };
}

export function payingEntries(entries: RewardEntry[]): FixedBundlePolicy {
  return { type: 'fixed_bundle', parameters: { entries } };
}
