import { Injectable } from '@nestjs/common';
import type { Idempotency, PlayerRef, Scope } from '@kraty/contracts/common';
import { payoutProblems, type NewGrant } from '@kraty/contracts/grants';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { Outbox, type NewFact, type Staged } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { Database, type Tx } from '@kraty/platform/persistence';
import { CatalogService } from '../catalog/catalog.service.js';
import { ExpiriesService } from '../expiry/expiries.service.js';
import { crateDraftsOf } from '../grants/crate-units.js';
import type { GrantRow } from '../grants/grant.js';
import { grantFact } from '../grants/grants.facts.js';
import type { GrantDraft } from '../grants/grant-draft.js';
import { GrantWritesStore } from '../grants/grant-writes.store.js';
import { CreationStore } from './creation.store.js';
import { contentsOf, problemOf } from './new-grant.js';

/** A grant that was asked for from outside. */
export interface Creation {
  scope: Scope;
  player: PlayerRef;
  grant: NewGrant;
  sourceKind: 'api' | 'admin' | 'client';
  sourceRefId: string | null;
  /** Names the grant for ever among the keys of its owner (07 §9). */
  named: { owner: string; idempotency: Idempotency } | null;
  /** It is to be born claimed, as soon as what it holds is deposited. */
  unborn?: boolean;
}

export interface Created {
  row: GrantRow;
  /** It was made by an earlier call. */
  replayed: boolean;
}

/** Makes grants that servers, operators and players ask for (07 §9). */
@Injectable()
export class CreationService {
  constructor(
    private readonly database: Database,
    private readonly store: CreationStore,
    private readonly writes: GrantWritesStore,
    private readonly catalogs: CatalogService,
    private readonly expiries: ExpiriesService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws validation_failed, invalid_metric for a key the catalog does not have, idempotency_conflict, 503 while the
   * economy is away
   */
  async create(creation: Creation, moreFacts: (row: GrantRow) => NewFact[] = () => []): Promise<Created> {
    const known = await this.made(creation);
    if (known) return { row: known, replayed: true };
    await this.check(creation);
    const { created, staged } = await this.database.transaction(async (tx) => {
      const earlier = creation.named && (await this.lockKey(tx, creation, creation.named));
      if (earlier) return { created: { row: earlier, replayed: true }, staged: nothing };
      const { row, facts } = await this.createIn(tx, creation);
      return { created: { row, replayed: false }, staged: await this.outbox.stage(tx, [...facts, ...moreFacts(row)]) };
    });
    await this.outbox.carry(staged);
    return created;
  }

  /** @throws validation_failed, invalid_metric, 503 while the economy is away */
  async check({ scope, grant }: Pick<Creation, 'scope' | 'grant'>): Promise<void> {
    const issue = problemOf(grant, this.clock.now());
    if (issue) throw fail('validation_failed', 'the grant cannot be made like this', { issues: [issue] });
    const [problem] = payoutProblems(grant.entries);
    if (problem) throw fail('validation_failed', problem.message, { issues: [{ path: 'entries', ...problem }] });
    const unknown = await this.catalogs.firstUnknown(scope, grant.entries);
    if (unknown) throw fail('invalid_metric', `the catalog has no ${unknown.key} that can be given`, { ...unknown });
  }

  /** Within the caller's transaction; what it tells is the caller's to stage. */
  async createIn(tx: Tx, creation: Creation): Promise<{ row: GrantRow; facts: NewFact[] }> {
    const now = this.clock.now();
    const [row] = await this.writes.insert(tx, [await this.draftOf(creation, now)], now);
    if (!row) throw new Error('an inserted row is always returned');
    if (creation.unborn) return { row, facts: [] };
    const drafts = row.kind === 'reward' ? crateDraftsOf(row, now) : [];
    const crates = await this.writes.insert(tx, drafts, now);
    return { row, facts: [row, ...crates].map((made) => grantFact('created', made, now)) };
  }

  /**
   * What an earlier call has made under the same key, whatever has changed since (07 §9); null when none has.
   *
   * @throws idempotency_conflict
   */
  async made(creation: Creation): Promise<GrantRow | null> {
    if (!creation.named) return null;
    const { owner, idempotency } = creation.named;
    const row = await this.store.findByKey(creation.scope, { owner, key: idempotency.key });
    return row && sameOrConflict(row, creation.player, idempotency);
  }

  private async lockKey(
    tx: Tx,
    { scope, player }: Creation,
    { owner, idempotency }: NonNullable<Creation['named']>,
  ): Promise<GrantRow | null> {
    const row = await this.store.lockKey(tx, scope, { owner, key: idempotency.key });
    return row && sameOrConflict(row, player, idempotency);
  }

  private async draftOf(creation: Creation, now: Date): Promise<GrantDraft> {
    const { scope, player, grant, sourceKind, sourceRefId, named, unborn } = creation;
    const { expiresAt, metadata } = grant;
    return {
      id: uuidV7(now.getTime()),
      ...{ scope, ...player, sourceKind, sourceRefId },
      kind: grant.kind,
      contents: contentsOf(grant),
      expiresAt: expiresAt === null ? await this.expiries.defaultOf(scope.gameId, now) : new Date(expiresAt),
      ...(unborn && { depositState: 'requested', ackedBy: 'auto' }),
      ...(metadata && { metadata }),
      ...(named && {
        idempotency: { owner: named.owner, key: named.idempotency.key, bodyHash: named.idempotency.bodyHash },
      }),
    };
  }
}

const nothing: Staged = { envelopes: [] };

/** The same player and body get their grant again; anything else has taken somebody's key. */
function sameOrConflict(row: GrantRow, { playerId }: PlayerRef, { key, bodyHash }: Idempotency): GrantRow {
  if (row.request_hash === bodyHash && row.player_id === playerId) return row;
  throw fail('idempotency_conflict', 'This idempotency key was used with another body.', { idempotencyKey: key });
}
