import { Injectable } from '@nestjs/common';
import type { Idempotency, Scope } from '@kraty/contracts/common';
import type { Operator, OperatorAct } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { Outbox } from '@kraty/platform/facts';
import { IdempotencyStore, type RecordedReply } from '@kraty/platform/idempotency';
import { isUuid, uuidV7 } from '@kraty/platform/ids';
import { actFact, operatorAct } from '@kraty/platform/operator-writes';
import { Database } from '@kraty/platform/persistence';
import type { Claimer } from '../claims/claim.js';
import { ClaimsService } from '../claims/claims.service.js';
import { CratesService } from '../crates/crates.service.js';
import { staffGrantOf, type GrantRow } from '../grants/grant.js';
import { unknownGrant } from '../grants/grant-refusals.js';
import { GrantsStore } from '../grants/grants.store.js';

export interface ForceClaim {
  operator: Operator;
  scope: Scope;
  grantId: string;
  reason: string;
  idempotency: Idempotency | null;
}

interface Forced {
  grant: GrantRow;
  contents: GrantRow | null;
  applied: boolean;
}

/** Claiming for a player, whatever the status (07 §12, 04 §8.3). */
@Injectable()
export class ForceClaimsService {
  constructor(
    private readonly database: Database,
    private readonly grants: GrantsStore,
    private readonly claims: ClaimsService,
    private readonly crates: CratesService,
    private readonly idempotency: IdempotencyStore,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** @throws not_found, conflict (balance_limit, crate_unconfigured), 503 while a deposit is not certain */
  async claim(command: ForceClaim): Promise<RecordedReply & { replayed: boolean }> {
    const { scope, grantId, idempotency } = command;
    const known = idempotency ? await this.idempotency.lookup(this.database, scope, idempotency) : null;
    if (known) return { ...known, replayed: true };
    const row = isUuid(grantId) ? await this.grants.findOfGame(scope, grantId) : null;
    if (!row) throw unknownGrant();
    const act = this.actOf(command, row);
    const forced = row.kind === 'crate' ? await this.forceCrate(command, row, act) : await this.forceReward(row, act);
    // Somebody else's claim, or one of long ago: this act changed nothing, and is on record all the same.
    if (!forced.applied) await this.putOnRecord(act);
    const answer = { status: 200, reply: JSON.stringify(this.replyOf(forced, act.auditId)) };
    const twin = await this.remember(scope, idempotency, answer);
    return twin ? { ...twin, replayed: true } : { ...answer, replayed: false };
  }

  private async forceReward(row: GrantRow, act: OperatorAct): Promise<Forced> {
    const grant = await this.claims.claim({ ...claimOf(row, act), act });
    return { grant, contents: null, applied: isBy(grant, act) };
  }

  /** An unopened crate is opened first, and what it held is claimed too. */
  private async forceCrate({ scope }: ForceClaim, row: GrantRow, act: OperatorAct): Promise<Forced> {
    let opened = false;
    const opener = { ackedBy: 'admin', forced: true } as const;
    const crate = { scope, playerId: row.player_id, grantId: row.id, opener };
    const done = await this.crates.open(crate, (row) => {
      opened = true;
      const after = { status: row.status, ackedBy: row.acked_by, claimedAt: row.claimed_at?.toISOString() ?? null };
      return [actFact('grants', { ...act, after })];
    });
    if (done.contents.status === 'claimed') return { grant: done.crate, contents: done.contents, applied: opened };
    const inner: OperatorAct = { ...act, auditId: opened ? uuidV7(this.clock.nowMs()) : act.auditId };
    inner.target = { ...act.target, id: done.contents.id };
    const contents = await this.claims.claim({ ...claimOf(done.contents, inner), act: inner });
    return { grant: done.crate, contents, applied: opened || isBy(contents, inner) };
  }

  private actOf({ operator, scope, grantId, reason }: ForceClaim, row: GrantRow): OperatorAct {
    const at = this.clock.now();
    const { status, ackedBy, claimedAt } = staffGrantOf(row, at);
    return operatorAct(
      { auditId: uuidV7(at.getTime()), operator, game: scope, at },
      {
        environment: scope.environment,
        action: 'grant.manual_force_claim',
        target: { type: 'grant', id: grantId, label: row.external_player_id },
        ...{ reason, metadata: { externalPlayerId: row.external_player_id } },
        before: { status, ackedBy, claimedAt },
      },
    );
  }

  private async putOnRecord(act: OperatorAct): Promise<void> {
    const unchanged = { ...act, after: act.before };
    const staged = await this.database.transaction((tx) => this.outbox.stage(tx, [actFact('grants', unchanged)]));
    await this.outbox.carry(staged);
  }

  private replyOf({ grant, contents, applied }: Forced, auditId: string) {
    const now = this.clock.now();
    return {
      grant: staffGrantOf(grant, now),
      contentsGrant: contents && staffGrantOf(contents, now),
      applied,
      auditId,
    };
  }

  /**
   * Its own transaction after the claim: when it is lost, the repeat finds the grant claimed and changes nothing. Of two
   * at once the answer of the first one stands for both.
   */
  private async remember(
    scope: Scope,
    idempotency: Idempotency | null,
    answer: RecordedReply,
  ): Promise<RecordedReply | null> {
    if (!idempotency) return null;
    return this.database.transaction(async (tx) => {
      const twin = await this.idempotency.begin(tx, scope, idempotency);
      if (!twin) await this.idempotency.record(tx, scope, idempotency, answer);
      return twin;
    });
  }
}

function claimOf(row: GrantRow, { actor }: OperatorAct) {
  const claimer: Claimer = { ackedBy: 'admin', actor: `member:${actor.id}` };
  const scope: Scope = { studioId: row.studio_id, gameId: row.game_id, environment: row.environment };
  return { scope, playerId: row.player_id, grantId: row.id, claimer };
}

/** The row was claimed by this very act. */
function isBy({ deposit_act: done }: GrantRow, { auditId }: OperatorAct): boolean {
  return done?.auditId === auditId;
}
