import { Injectable } from '@nestjs/common';
import type { Idempotency, PlayerRef, Scope } from '@kraty/contracts/common';
import type { NewGrant, StaffGrant } from '@kraty/contracts/grants';
import type { Operator } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { Outbox, type Staged } from '@kraty/platform/facts';
import { IdempotencyStore, type RecordedReply } from '@kraty/platform/idempotency';
import { uuidV7 } from '@kraty/platform/ids';
import { Database, type Tx } from '@kraty/platform/persistence';
import { CreationService } from '../creation/creation.service.js';
import { staffGrantOf } from '../grants/grant.js';
import { actFact, operatorAct } from './operator-acts.facts.js';

export interface ManualGrant {
  operator: Operator;
  scope: Scope;
  player: PlayerRef;
  grant: NewGrant;
  sourceRefId: string | null;
  reason: string;
  idempotency: Idempotency | null;
}

const created = 201;
const nothingStaged: Staged = { envelopes: [] };

/** Grants that operators make by hand (04 §8.3). */
@Injectable()
export class ManualGrantsService {
  constructor(
    private readonly database: Database,
    private readonly creation: CreationService,
    private readonly idempotency: IdempotencyStore,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * The reply, with whether it is a repeated one.
   *
   * @throws validation_failed, invalid_metric, idempotency_conflict, 503 while the economy is away
   */
  async create(command: ManualGrant): Promise<RecordedReply & { replayed: boolean }> {
    const { scope, idempotency } = command;
    const [known] = idempotency ? await this.idempotency.lookup(this.database, [{ scope, idempotency }]) : [];
    if (known) return { ...known, replayed: true };
    await this.creation.check(command);
    const { answer, staged } = await this.database.transaction((tx) => this.createIn(tx, command));
    await this.outbox.carry(staged);
    return answer;
  }

  private async createIn(
    tx: Tx,
    command: ManualGrant,
  ): Promise<{ answer: RecordedReply & { replayed: boolean }; staged: Staged }> {
    const { operator, scope, player, idempotency, reason } = command;
    const known = await this.idempotency.begin(tx, scope, idempotency);
    if (known) return { answer: { ...known, replayed: true }, staged: nothingStaged };
    const { row, facts } = await this.creation.createIn(tx, { ...command, sourceKind: 'admin', named: null });
    const now = this.clock.now();
    const auditId = uuidV7(now.getTime());
    const grant: StaffGrant = staffGrantOf(row, now);
    const act = operatorAct(
      operator,
      scope,
      {
        ...{ auditId, action: 'grant.manual_create', reason, after: { grant } },
        target: { type: 'grant', id: row.id, label: player.externalPlayerId },
        metadata: { externalPlayerId: player.externalPlayerId },
      },
      now,
    );
    const answer = { status: created, reply: JSON.stringify({ grant, auditId }) };
    await this.idempotency.record(tx, scope, idempotency, answer);
    return { answer: { ...answer, replayed: false }, staged: await this.outbox.stage(tx, [...facts, actFact(act)]) };
  }
}
