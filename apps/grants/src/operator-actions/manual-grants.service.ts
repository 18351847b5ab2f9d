import { Injectable } from '@nestjs/common';
import type { Idempotency, PlayerRef, Scope } from '@kraty/contracts/common';
import type { NewGrant, StaffGrant } from '@kraty/contracts/grants';
import type { Operator } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import type { Reply } from '@kraty/platform/messaging';
import { OperatorWrites, type Written } from '@kraty/platform/operator-writes';
import type { Tx } from '@kraty/platform/persistence';
import { CreationService } from '../creation/creation.service.js';
import { staffGrantOf } from '../grants/grant.js';

export interface ManualGrant {
  operator: Operator;
  scope: Scope;
  player: PlayerRef;
  grant: NewGrant;
  sourceRefId: string | null;
  reason: string;
  idempotency: Idempotency | null;
}

interface CreatedByHand {
  grant: StaffGrant;
  auditId: string;
}

/** Grants that operators make by hand (04 §8.3). */
@Injectable()
export class ManualGrantsService {
  constructor(
    private readonly creation: CreationService,
    private readonly writes: OperatorWrites,
    private readonly clock: Clock,
  ) {}

  /** @throws validation_failed, invalid_metric, idempotency_conflict, 503 while the economy is away */
  async create(command: ManualGrant): Promise<Reply<CreatedByHand>> {
    const { scope: game, operator, idempotency } = command;
    return this.writes.runWith<CreatedByHand, void>(
      { game, operator, idempotency },
      () => this.creation.check(command),
      (tx, _checked, auditId) => this.createIn(tx, command, auditId),
    );
  }

  private async createIn(tx: Tx, command: ManualGrant, auditId: string): Promise<Written> {
    const { scope, player, reason } = command;
    const { row, facts } = await this.creation.createIn(tx, { ...command, sourceKind: 'admin', named: null });
    const answer: CreatedByHand = { grant: staffGrantOf(row, this.clock.now()), auditId };
    const { externalPlayerId } = player;
    const act = {
      environment: scope.environment,
      action: 'grant.manual_create',
      target: { type: 'grant', id: row.id, label: externalPlayerId },
      ...{ reason, metadata: { externalPlayerId }, after: { grant: answer.grant } },
    };
    return { answer, status: 201, facts, act };
  }
}
