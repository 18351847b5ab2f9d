import type { Scope } from '@kraty/contracts/common';
import type { MovedHolding, NamedWrite } from './batch-rows.js';
import { judgeWrite, type Recorded, type WriteVerdict } from './judge-write.js';
import { resourceId, type Holding, type ResourceName } from './ledger.js';
import type { LedgerRow } from './movement.js';
import { ownedId, ownerId, type OwnedResource } from './owned-resource.js';
import {
  ownerOf,
  type LevelUp,
  type ScopedAct,
  type StoredReply,
  type Write,
  type WriteOutcome,
  type Written,
} from './write.js';

/** Holdings a write may read or move: its own and all that follow them (08 §8). */
export function touchedBy(write: Write): OwnedResource[] {
  const names = sourcesOf(write).flatMap((name) => [name, ...followersOf(name, write.catalog)]);
  return names.map(({ type, key }) => ({ ...ownerOf(write), type, key }));
}

/** Those that may come into being by it: a spend of what is not there makes nothing. */
export function madeBy(write: Write): OwnedResource[] {
  const names: ResourceName[] = [
    ...write.deltas.filter(({ delta }) => delta > 0),
    ...sourcesOf(write).flatMap((name) => followersOf(name, write.catalog)),
  ];
  return names.map(({ type, key }) => ({ ...ownerOf(write), type, key }));
}

/** What a write changes by itself, and what it recomputes from. */
function sourcesOf({ deltas, recompute }: Write): ResourceName[] {
  return recompute === undefined ? [...deltas] : [...deltas, { type: 'economy', key: recompute }];
}

function followersOf({ type, key }: ResourceName, catalog: Write['catalog']): ResourceName[] {
  if (type !== 'economy') return [];
  const followers = catalog.followers.get(key) ?? [];
  return followers.flatMap((follower) => {
    const name = { type: 'economy' as const, key: follower.key };
    return [name, ...followersOf(name, catalog)];
  });
}

/** True when a level of something that follows the write's resources may be paid. */
export function mayPayLevels(write: Write): boolean {
  const { catalog, withoutRewards } = write;
  if (withoutRewards || catalog.followers.size === 0) return false;
  return sourcesOf(write).some((source) =>
    followersOf(source, catalog).some(({ key }) => catalog.currencies.get(key)?.derivedFrom?.levelRewards?.length),
  );
}

export interface BatchGround {
  at: Date;
  newLedgerId: () => string;
  /** Locked, in any order. */
  locked: readonly OwnedResource[];
  holdings: readonly (Holding | null)[];
  /** By position of the write. */
  recorded: readonly (Recorded | null)[];
  /** As `levelId` makes them. */
  paidLevels: ReadonlySet<string>;
}

export function levelId(scope: Scope, playerId: string, economyKey: string, level: number): string {
  return `${scope.gameId}/${scope.environment}/${playerId}/${economyKey}/${level}`;
}

/**
 * Writes that are committed together, one after the other: each sees what those before it have done, and a refused
 * one leaves no trace.
 */
export class Batch {
  readonly rows: LedgerRow[] = [];
  readonly named: NamedWrite[] = [];
  readonly levels: LevelUp[] = [];
  readonly acts: ScopedAct[] = [];
  readonly outcomes: WriteOutcome[] = [];
  private readonly holdings = new Map<string, Map<string, Holding>>();
  private readonly moved = new Map<string, MovedHolding>();
  private readonly namedReplies = new Map<string, Recorded>();
  private readonly paid = new Set<string>();

  constructor(private readonly ground: BatchGround) {
    ground.locked.forEach((owned, at) => {
      const holding = ground.holdings[at];
      if (holding) this.holdingsOf(owned).set(resourceId(owned), holding);
    });
  }

  /** The next write, at its position in the batch. */
  take(write: Write, at: number): void {
    const { scope, record } = write;
    const owner = ownerOf(write);
    const holdings = this.holdingsOf(owner);
    const verdict = judgeWrite(write, {
      holdings,
      recorded: this.ground.recorded[at] ?? (record && this.namedReplies.get(recordId(scope, record))) ?? null,
      isLevelPaid: (key, level) => this.isPaid(levelId(scope, owner.playerId, key, level)),
      at: this.ground.at,
      newLedgerId: this.ground.newLedgerId,
    });
    this.outcomes.push(outcomeOf(verdict));
    if (verdict.kind === 'written') this.keep(write, verdict, holdings);
  }

  get movedHoldings(): MovedHolding[] {
    return [...this.moved.values()];
  }

  /** Of rows that were made for the batch, those nothing came of. */
  unused(made: readonly OwnedResource[]): OwnedResource[] {
    return made.filter((owned) => {
      const holding = this.holdings.get(ownerId(owned))?.get(resourceId(owned));
      return holding?.revision === 0 && !holding.initialPaid;
    });
  }

  private keep(
    write: Write,
    { rows, reply, levels, acts }: Extract<WriteVerdict, { kind: 'written' }>,
    holdings: Map<string, Holding>,
  ): void {
    const { scope, playerId } = ownerOf(write);
    for (const row of rows) this.move(write, row, holdings);
    if (write.initial) this.markInitialPaid(write, holdings);
    for (const { economyKey, level } of levels) this.paid.add(levelId(scope, playerId, economyKey, level));
    this.rows.push(...rows);
    this.levels.push(...levels);
    this.acts.push(...acts);
    this.name(write, reply);
  }

  private move(write: Write, row: LedgerRow, holdings: Map<string, Holding>): void {
    const { type, key, balanceAfter: amount, metadata, revision } = row;
    const before = holdings.get(resourceId(row));
    const holding = { type, key, amount, metadata, revision, initialPaid: before?.initialPaid ?? false };
    this.change({ ...ownerOf(write), type, key }, holding, metadata !== before?.metadata, holdings);
  }

  private markInitialPaid(write: Write, holdings: Map<string, Holding>): void {
    for (const { type, key } of write.deltas) {
      const holding = holdings.get(resourceId({ type, key }));
      if (!holding || holding.initialPaid) continue;
      const paid = { ...holding, initialPaid: true };
      this.change({ ...ownerOf(write), type, key }, paid, false, holdings);
    }
  }

  private change(owned: OwnedResource, holding: Holding, newMetadata: boolean, holdings: Map<string, Holding>): void {
    const id = ownedId(owned);
    const metadataChanged = newMetadata || (this.moved.get(id)?.metadataChanged ?? false);
    holdings.set(resourceId(owned), holding);
    this.moved.set(id, { ...owned, holding, metadataChanged });
  }

  private name(write: Write, reply: StoredReply): void {
    const { record } = write;
    if (!record) return;
    const { operation, key, bodyHash } = record;
    const { scope, playerId } = ownerOf(write);
    const { gameId, environment, studioId } = scope;
    this.named.push({
      gameId,
      environment,
      studioId,
      playerId,
      operation,
      key,
      bodyHash,
      reply: JSON.stringify(reply),
    });
    this.namedReplies.set(recordId(scope, record), { bodyHash, reply, reversed: false });
  }

  private isPaid(id: string): boolean {
    return this.ground.paidLevels.has(id) || this.paid.has(id);
  }

  private holdingsOf(owner: Pick<OwnedResource, 'scope' | 'playerId'>): Map<string, Holding> {
    const id = ownerId(owner);
    const known = this.holdings.get(id);
    if (known) return known;
    const empty = new Map<string, Holding>();
    this.holdings.set(id, empty);
    return empty;
  }
}

function outcomeOf(verdict: WriteVerdict): WriteOutcome {
  switch (verdict.kind) {
    case 'refused':
      return { ok: false, error: verdict.failure };
    case 'inert':
      return {
        ok: true,
        value: { applied: false, replayed: false, amount: 0, holdings: [], derived: [], auditId: null },
      };
    case 'replayed':
      return { ok: true, value: answerOf(verdict.reply, false) };
    case 'written':
      return { ok: true, value: answerOf(verdict.reply, true) };
  }
}

function answerOf({ amount, holdings = [], derived = [], auditId }: StoredReply, applied: boolean): Written {
  return { applied, replayed: !applied, amount, holdings, derived, auditId: auditId ?? null };
}

function recordId(scope: Scope, { operation, key }: { operation: string; key: string }): string {
  return `${scope.gameId}\n${scope.environment}\n${operation}\n${key}`;
}
