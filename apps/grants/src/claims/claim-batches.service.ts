import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Outbox } from '@kraty/platform/facts';
import { GroupCommit, type Settled } from '@kraty/platform/group-commit';
import { Database } from '@kraty/platform/persistence';
import type { GrantRow } from '../grants/grant.js';
import { claimedFacts } from './claimed.facts.js';
import { ClaimsStore, type ClaimedGrant } from './claims.store.js';

/** One: the steps of a claim overlap already, and two lanes would only make smaller batches. */
const lanes = 1;
const batchMax = 200;
const waitingMax = 1_024;

/** The first step of claims, many at a time: what arrives while a batch is written becomes the next one. */
@Injectable()
export class ClaimBatchesService {
  private readonly requests: GroupCommit<ClaimedGrant, GrantRow | null>;
  private readonly plain: GroupCommit<ClaimedGrant, GrantRow | null>;

  constructor(
    private readonly database: Database,
    private readonly store: ClaimsStore,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {
    const bounds = { lanes, batchMax, waitingMax, keyOf: ({ grantId }: ClaimedGrant) => grantId };
    this.requests = new GroupCommit({ ...bounds, write: (claims) => this.requestAll(claims) });
    this.plain = new GroupCommit({ ...bounds, write: (claims) => this.claimAll(claims) });
  }

  /** The row with its deposit requested; null when the grant has to be looked at. */
  async request(claim: ClaimedGrant): Promise<GrantRow | null> {
    return this.requests.submit(claim);
  }

  /** The claimed row of a grant that deposits nothing; null when the grant has to be looked at. */
  async claimWithoutDeposit(claim: ClaimedGrant): Promise<GrantRow | null> {
    return this.plain.submit(claim);
  }

  private async requestAll(claims: ClaimedGrant[]): Promise<Settled<GrantRow | null>[]> {
    const first = firstOfEach(claims);
    return settled(claims, first, await this.store.request([...first.values()], this.clock.now()));
  }

  private async claimAll(claims: ClaimedGrant[]): Promise<Settled<GrantRow | null>[]> {
    const first = firstOfEach(claims);
    const now = this.clock.now();
    const { rows, staged } = await this.database.transaction(async (tx) => {
      const claimed = await this.store.claimWithoutDeposit(tx, [...first.values()], now);
      return {
        rows: claimed,
        staged: await this.outbox.stage(
          tx,
          claimed.flatMap((row) => claimedFacts(row, now)),
        ),
      };
    });
    await this.outbox.carry(staged);
    return settled(claims, first, rows);
  }
}

/** Of several claims of one grant one is tried; the others look at what has become of it. */
function firstOfEach(claims: readonly ClaimedGrant[]): Map<string, ClaimedGrant> {
  const first = new Map<string, ClaimedGrant>();
  for (const claim of claims) if (!first.has(claim.grantId)) first.set(claim.grantId, claim);
  return first;
}

function settled(
  claims: readonly ClaimedGrant[],
  first: ReadonlyMap<string, ClaimedGrant>,
  rows: readonly GrantRow[],
): Settled<GrantRow | null>[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return claims.map((claim) => {
    const tried = first.get(claim.grantId) === claim;
    return { ok: true, value: tried ? (byId.get(claim.grantId) ?? null) : null };
  });
}
