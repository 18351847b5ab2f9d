import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import type { GrantedEntry } from '@kraty/contracts/grants';
import { Clock } from '@kraty/platform/clock';
import { busy, fail, type Failure } from '@kraty/platform/errors';
import { Outbox, type NewFact } from '@kraty/platform/facts';
import { isUuid, uuidV7 } from '@kraty/platform/ids';
import { Database, type Tx } from '@kraty/platform/persistence';
import { CatalogService } from '../catalog/catalog.service.js';
import { ExpiriesService } from '../expiry/expiries.service.js';
import { crateDraftsOf } from '../grants/crate-units.js';
import { scopeOf, type GrantRow } from '../grants/grant.js';
import { crateOpenedFact, grantFact } from '../grants/grants.facts.js';
import { grantExpiredFailure, unknownGrant } from '../grants/grant-refusals.js';
import type { GrantDraft } from '../grants/grant-draft.js';
import { GrantWritesStore } from '../grants/grant-writes.store.js';
import { GrantsStore } from '../grants/grants.store.js';
import { RollsService } from '../payouts/rolls.service.js';
import type { PinnedRevision, RollContents } from '../rolls/roll-contents.js';
import { crateKey, judgeCrate, packedEntries } from './crate.js';
import { CratesStore } from './crates.store.js';

/** A rival may open between our look and our try. */
const triesMax = 3;

export interface OpenedCrate {
  scope: Scope;
  playerId: string;
  grantId: string;
  opener: { ackedBy: 'sdk' | 'admin'; forced: boolean };
}

interface Opening {
  entries: GrantedEntry[];
  rollSecretVersion: number | null;
  pinnedRevisions: PinnedRevision[];
  /** What was rolled, for proofs; null for what was packed. */
  rolled: RollContents | null;
  expiresAt: Date | null;
}

/** Opens crates: once each, with one child, whoever asks how often (07 §§4, 10). */
@Injectable()
export class CratesService {
  constructor(
    private readonly database: Database,
    private readonly store: CratesStore,
    private readonly grants: GrantsStore,
    private readonly writes: GrantWritesStore,
    private readonly rolls: RollsService,
    private readonly catalogs: CatalogService,
    private readonly expiries: ExpiriesService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * The crate and what it held; a replay shows both as they are now. `moreFacts` go with the opening, if this call
   * makes it.
   *
   * @throws not_found, conflict (not_a_crate, grant_expired, crate_unconfigured), 503 while the economy is away
   */
  async open(
    opened: OpenedCrate,
    moreFacts: (crate: GrantRow) => NewFact[] = () => [],
  ): Promise<{ crate: GrantRow; contents: GrantRow }> {
    if (!isUuid(opened.grantId)) throw unknownGrant();
    for (let tries = 0; tries < triesMax; tries += 1) {
      const row = await this.grants.find(opened, opened.grantId);
      if (!row) throw unknownGrant();
      const verdict = judgeCrate(row, this.clock.now());
      if (verdict === 'not_a_crate') throw fail('conflict', 'the grant is no crate', { reason: 'not_a_crate' });
      if (verdict === 'opened') return { crate: row, contents: await this.contentsOf(row) };
      if (verdict === 'expired' && !opened.opener.forced) throw grantExpiredFailure(row);
      const done = await this.tryOpen(row, opened.opener, moreFacts);
      if (done) return done;
    }
    throw busy();
  }

  private async contentsOf(crate: GrantRow): Promise<GrantRow> {
    const contents = await this.store.contentsOf(crate.id);
    if (!contents) throw new Error(`crate ${crate.id} was opened and has no contents`);
    return contents;
  }

  private async tryOpen(
    row: GrantRow,
    opener: OpenedCrate['opener'],
    moreFacts: (crate: GrantRow) => NewFact[],
  ): Promise<{ crate: GrantRow; contents: GrantRow } | null> {
    const now = this.clock.now();
    const opening = await this.rollContents(row, now);
    const { done, staged } = await this.database.transaction(async (tx) => {
      const crate = await this.store.open(tx, row.id, opener, now);
      if (!crate) return { done: null, staged: { envelopes: [] } };
      const { contents, facts } = await this.writeContents(tx, crate, opening, now);
      return {
        done: { crate, contents },
        staged: await this.outbox.stage(tx, [...facts, ...moreFacts(crate)]),
      };
    });
    await this.outbox.carry(staged);
    return done;
  }

  /** Packed beforehand, or rolled by the crate's table as it stands now: the first accepted opening pins it (07 §3.9). */
  private async rollContents(row: GrantRow, now: Date): Promise<Opening> {
    const scope = scopeOf(row);
    const expiresAt = await this.expiries.defaultOf(scope.gameId, now);
    const packed = packedEntries(row.contents);
    if (packed) return { entries: packed, rollSecretVersion: null, pinnedRevisions: [], rolled: null, expiresAt };
    const crateItemKey = 'crateItemKey' in row.contents ? row.contents.crateItemKey : '';
    const configured = await this.catalogs.crate(scope, crateItemKey);
    if (!configured) throw unconfigured(`nothing is known of crate ${crateItemKey}`);
    const rolling = { entries: [{ type: 'table' as const, ...configured }] };
    const rolled = await this.rolls.rollAt(scope, crateKey(row.id), rolling, now);
    if (!rolled.entries) throw unconfigured(rolled.failure);
    const { entries, rollSecretVersion, pinnedRevisions } = rolled;
    return { entries, rollSecretVersion, pinnedRevisions, rolled: rolling, expiresAt };
  }

  private async writeContents(
    tx: Tx,
    crate: GrantRow,
    opening: Opening,
    now: Date,
  ): Promise<{ contents: GrantRow; facts: NewFact[] }> {
    const outcome = opening.entries.length > 0 ? 'granted' : 'empty';
    await this.store.insertOpening(tx, crate, crateKey(crate.id), { ...opening, outcome }, now);
    const [contents] = await this.writes.insert(tx, [contentsDraft(crate, opening, now)], now);
    if (!contents) throw new Error('an inserted row is always returned');
    const crates = await this.writes.insert(tx, crateDraftsOf(contents, now).map(below(crate)), now);
    const created = [contents, ...crates].map((row) => grantFact('created', row, now));
    return { contents, facts: [crateOpenedFact(crate, contents, now), ...created] };
  }
}

/** Nothing rolled is nothing to claim: then it is born claimed. */
function contentsDraft(crate: GrantRow, { entries, expiresAt }: Opening, now: Date): GrantDraft {
  return {
    id: uuidV7(now.getTime()),
    scope: scopeOf(crate),
    playerId: crate.player_id,
    externalPlayerId: crate.external_player_id,
    kind: 'reward',
    contents: { entries },
    sourceKind: 'crate_open',
    sourceRefId: crate.id,
    parentGrantId: crate.id,
    rolledAt: now,
    expiresAt,
    ...(entries.length === 0 && { status: 'claimed', ackedBy: 'auto' }),
  };
}

/** A crate in a crate hangs on the one that was opened. */
function below(crate: GrantRow): (draft: GrantDraft) => GrantDraft {
  return (draft) => ({ ...draft, parentGrantId: crate.id });
}

function unconfigured(why: string | null): Failure {
  return fail('conflict', why ?? 'the crate has no usable table', { reason: 'crate_unconfigured' });
}
