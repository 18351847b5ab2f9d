import { randomUUID } from 'node:crypto';
import type { Idempotency, PlayerRef, Scope } from '@kraty/contracts/common';
import {
  configurationRoutes,
  sectionOwners,
  type Sections as AllSections,
  type SectionChanges,
  type SectionName,
} from '@kraty/contracts/configuration';
import {
  adjustHolding,
  adjustHoldingByOperator,
  applyOperation,
  consumeItem,
  debitWallet,
  listInventory,
  listWallet,
  type CurrencyConfiguration,
  type ResourceDelta,
} from '@kraty/contracts/economy';
import { gameChanged, type GameSettings, type GameState, type Operator } from '@kraty/contracts/identity';
import type { Fact, FactEnvelope, FactType } from '@kraty/contracts/messages';
import { startService, type RunningService } from '@kraty/platform/bootstrap';
import { MovableClock } from '@kraty/platform/clock';
import type { Messenger } from '@kraty/platform/messaging';
import { askPatiently, eventually, startGround } from '@kraty/testing/harness';
import { economy } from '../index.js';
import { ChecksService } from '../invariants/checks.service.js';
import { RecomputationService } from '../recomputation/recomputation.service.js';
import { RefundQueue } from '../reversals/refund-queue.service.js';

type Ground = Awaited<ReturnType<typeof startGround>>;

const routes = configurationRoutes('economy');

export type Sections = Partial<AllSections>;

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

/** A running economy on a ground of its own, spoken to as other services do. */
export class EconomyWorld {
  private revisions = 100;
  private readonly others: RunningService[] = [];
  private readonly games = new Map<string, AllSections>();

  private constructor(
    readonly ground: Ground,
    readonly messenger: Messenger,
    readonly clock: MovableClock,
    private service: RunningService,
  ) {}

  static async start(): Promise<EconomyWorld> {
    const ground = await startGround({ services: ['economy'] });
    const clock = new MovableClock(new Date('2026-06-08T12:00:00.000Z'));
    const service = await startService(economy, { environment: ground.environment('economy'), clock });
    return new EconomyWorld(ground, askPatiently(await ground.messenger()), clock, service);
  }

  /** Another instance of the service beside the first: requests go to either. */
  async addInstance(): Promise<void> {
    const environment = this.ground.environment('economy');
    this.others.push(await startService(economy, { environment, clock: this.clock }));
  }

  async stop(): Promise<void> {
    for (const other of this.others) await other.stop();
    await this.service.stop();
    await this.ground.stop();
  }

  newGame(): Scope {
    return { studioId: randomUUID(), gameId: randomUUID(), environment: 'live' };
  }

  newPlayer(externalPlayerId = 'mira'): PlayerRef {
    return { playerId: randomUUID(), externalPlayerId };
  }

  /** A game with a catalog. */
  async game(sections: Sections = { currencies: [gold] }): Promise<Scope> {
    const scope = this.newGame();
    await this.configure(scope, sections);
    return scope;
  }

  async configure(game: Scope, upserts: Sections, archives: SectionChanges['archives'] = {}): Promise<void> {
    const apply = this.applyOf(game, upserts, archives);
    await this.messenger.request(routes.prepare, apply);
    await this.messenger.request(routes.commit, { game, applyId: apply.applyId });
    this.games.set(game.gameId, apply.desired);
  }

  /** The game as it would stand, as identity tells it to every owner. */
  private desiredAfter(game: Scope, upserts: Partial<AllSections>, archives: SectionChanges['archives']): AllSections {
    const names = Object.keys(sectionOwners) as SectionName[];
    const present: Partial<AllSections> = this.games.get(game.gameId) ?? {};
    const merged = names.map((name) => {
      const changed = (upserts[name] ?? []) as { key: string }[];
      const gone = new Set([...(archives[name] ?? []), ...changed.map(({ key }) => key)]);
      const kept = ((present[name] ?? []) as { key: string }[]).filter(({ key }) => !gone.has(key));
      return [name, [...kept, ...changed]];
    });
    return Object.fromEntries(merged) as unknown as AllSections;
  }

  applyOf(game: Scope, upserts: Sections, archives: SectionChanges['archives'] = {}) {
    const desired = this.desiredAfter(game, upserts, archives);
    const changes = { upserts, archives };
    return { game, changes, desired, settings, applyId: randomUUID(), actor: 'member:test' };
  }

  async give(scope: Scope, playerId: string, deltas: ResourceDelta[], operationId: string = randomUUID()) {
    return this.messenger.request(applyOperation, {
      scope,
      playerId,
      externalPlayerId: 'mira',
      operationId,
      deltas,
      reason: 'grant_deposit',
      sourceRefId: null,
      origin: 'client',
      actor: 'player',
    });
  }

  async giveGold(scope: Scope, playerId: string, amount: number) {
    return this.give(scope, playerId, [{ type: 'economy', key: 'gold', delta: amount }]);
  }

  async debit(
    scope: Scope,
    player: PlayerRef,
    amount: number,
    idempotency: Idempotency | null = null,
    economyKey = 'gold',
  ) {
    return this.messenger.request(debitWallet, {
      scope,
      player,
      economyKey,
      amount,
      reason: null,
      idempotency,
    });
  }

  async debitRaw(scope: Scope, player: PlayerRef, amount: number, idempotency: Idempotency) {
    const command = { scope, player, economyKey: 'gold', amount, reason: null, idempotency };
    return this.messenger.requestRaw(debitWallet, command);
  }

  async consume(scope: Scope, player: PlayerRef, itemKey: string, quantity: number) {
    const command = { scope, player, itemKey, quantity, reason: null, idempotency: null };
    return this.messenger.request(consumeItem, command);
  }

  /** What a studio's server does. */
  async adjust(scope: Scope, player: PlayerRef, change: Change, idempotency: Idempotency | null = null) {
    const common = { scope, player, sourceRefId: null, reason: null, apiKeyPrefix: 'sabcdefg' };
    return this.messenger.request(adjustHolding, { ...common, ...change, idempotency });
  }

  /** What a member does in the portal. */
  async adjustAs(operator: Operator, scope: Scope, player: PlayerRef, change: Change) {
    const common = { operator, scope, player, sourceRefId: null, reason: 'lost in a crash', idempotency: null };
    return this.messenger.request(adjustHoldingByOperator, { ...common, ...change });
  }

  provider<T>(type: new (...parameters: never[]) => T): T {
    return this.service.app.get(type);
  }

  /** The daily turn of the checks. */
  async checkAll(): Promise<void> {
    await this.service.app.get(ChecksService).runAll(() => Promise.resolve());
  }

  /** The daily turn of the recomputation; `betweenPages` is called before each. */
  async recompute(betweenPages: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    await this.service.app.get(RecomputationService).run(betweenPages);
  }

  /** One round of the refund queue, so long after the start. */
  async payRefundsAt(elapsedMs: number): Promise<void> {
    await this.service.app.get(RefundQueue).payDue(new Date(this.clock.nowMs() + elapsedMs));
  }

  async wallet(scope: Scope, playerId: string): Promise<Record<string, number>> {
    const { wallet } = await this.messenger.request(listWallet, { scope, playerId, externalPlayerId: 'mira' });
    return Object.fromEntries(wallet.map(({ economyKey, balance }) => [economyKey, balance]));
  }

  async inventory(scope: Scope, playerId: string): Promise<Record<string, number>> {
    const { items } = await this.messenger.request(listInventory, { scope, playerId });
    return Object.fromEntries(items.map(({ itemKey, quantity }) => [itemKey, quantity]));
  }

  /** Σ delta a resource of a player, straight from the table. */
  async ledgerSums(scope: Scope, playerId: string): Promise<Record<string, number>> {
    const rows = await this.ledger(scope, playerId);
    const sums: Record<string, number> = {};
    for (const { resource_key: key, delta } of rows) sums[key] = (sums[key] ?? 0) + delta;
    return sums;
  }

  async holdingRows(scope: Scope, playerId: string): Promise<number> {
    const text = 'select from holding where game_id = $1 and player_id = $2';
    return (await this.ground.sql('economy', text, [scope.gameId, playerId])).length;
  }

  async outboxRows(): Promise<number> {
    return (await this.ground.sql('economy', 'select from outbox')).length;
  }

  /** What others are told of a game, in order, as it stands committed: heard by now or not. */
  async told<P>({ subject }: FactType<P>, { gameId }: Scope): Promise<P[]> {
    const text = 'select payload from outbox where starts_with(subject, $1) and payload like $2 order by seq';
    const rows = await this.ground.sql<{ payload: string }>('economy', text, [subject, `%${gameId}%`]);
    return rows.flatMap(({ payload }) =>
      (JSON.parse(payload) as { facts: Fact<P>[] }).facts.map((fact) => fact.payload),
    );
  }

  async metadataOf(scope: Scope, playerId: string, itemKey: string): Promise<unknown> {
    const { items } = await this.messenger.request(listInventory, { scope, playerId });
    return items.find((held) => held.itemKey === itemKey)?.metadata;
  }

  /** Deadlocks PostgreSQL has had to break in this database. */
  async deadlocks(): Promise<number> {
    const text = 'select deadlocks::int from pg_stat_database where datname = current_database()';
    const [row] = await this.ground.sql<{ deadlocks: number }>('economy', text);
    return row!.deadlocks;
  }

  /** Tells the economy new settings, and waits until it has stored them or something newer. */
  async setInventoryManagement(
    scope: Scope,
    mode: GameSettings['inventoryManagement'],
    revision?: number,
  ): Promise<void> {
    const { studioId, gameId } = scope;
    this.revisions += 1;
    const payload = { gameId, studioId, archivedAt: null, settings: { ...settings, inventoryManagement: mode } };
    const occurredAt = this.clock.now().toISOString();
    const told = { id: randomUUID(), type: gameChanged.subject, aggregateId: gameId, occurredAt, payload };
    const fact: Fact<GameState> = { ...told, scope: { studioId, gameId }, revision: revision ?? this.revisions };
    const envelope: FactEnvelope = { id: randomUUID(), subject: gameChanged.subject, facts: [fact] };
    this.messenger.broadcast(gameChanged.subject, envelope);
    const text = 'select from game_settings where game_id = $1 and revision >= $2';
    await eventually(async () => {
      expect(await this.ground.sql('economy', text, [gameId, fact.revision])).toHaveLength(1);
    });
  }

  /** Says a fact of another context, as its publisher does. */
  publish<P>(type: FactType<P>, scope: Scope, aggregateId: string, payload: P): void {
    const occurredAt = this.clock.now().toISOString();
    const fact = { id: randomUUID(), type: type.subject, scope, aggregateId, revision: 1, occurredAt, payload };
    const envelope: FactEnvelope = { id: randomUUID(), subject: type.subject, facts: [fact] };
    this.messenger.broadcast(type.subject, envelope);
  }

  async ledger(scope: Scope, playerId: string): Promise<LedgerRow[]> {
    const text = `select ledger_id, resource_key, delta, balance_after, reason, source_ref_id, origin, operation_id, metadata from ledger
                   where game_id = $1 and player_id = $2 order by ledger_id`;
    return this.ground.sql<LedgerRow>('economy', text, [scope.gameId, playerId]);
  }
}

export interface LedgerRow {
  ledger_id: string;
  source_ref_id: string | null;
  origin: string;
  metadata: unknown;
  resource_key: string;
  delta: number;
  balance_after: number;
  reason: string;
  operation_id: string;
}

export type Change = Pick<ResourceDelta, 'type' | 'key' | 'delta'>;

export const gold: CurrencyConfiguration = { key: 'gold', name: 'Gold', kind: 'currency' };

export function keyOf(key: string, bodyHash = 'same'): Idempotency {
  return { key, bodyHash, operation: 'POST /players/mira/wallet/gold/debit' };
}

export const operator: Operator = {
  ...{ memberId: '0198f0b2-0000-7000-8000-00000000abcd', email: 'ada@example.com', name: 'Ada' },
  ...{ sessionId: 'session', tokenId: null, limitedTo: null },
  ...{ requestId: 'request-1', ip: '192.0.2.1', userAgent: null },
};
