import { Controller } from '@nestjs/common';
import type { Idempotency, PlayerRef, Scope } from '@kraty/contracts/common';
import { createGrant, selfGrant, type Grant, type NewGrant, type StaffGrant } from '@kraty/contracts/grants';
import { Clock } from '@kraty/platform/clock';
import type { NewFact } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { HandleRequest, reply, type Reply } from '@kraty/platform/messaging';
import { actFact } from '@kraty/platform/operator-writes';
import { grantOf, staffGrantOf, type GrantRow } from '../grants/grant.js';
import { CreationService } from './creation.service.js';
import { SelfGrantsService, type SelfGrant } from './self-grants.service.js';

interface CreateGrant {
  scope: Scope;
  player: PlayerRef;
  grant: NewGrant;
  sourceKind: 'api' | 'admin';
  sourceRefId: string | null;
  idempotency: Idempotency;
  actor: { apiKeyId: string; apiKeyPrefix: string; requestId: string };
}

@Controller()
export class CreationHandler {
  constructor(
    private readonly creation: CreationService,
    private readonly selfGrants: SelfGrantsService,
    private readonly clock: Clock,
  ) {}

  @HandleRequest(selfGrant)
  async give(command: SelfGrant): Promise<Reply<Grant>> {
    const { row, replayed } = await this.selfGrants.give(command);
    return reply(grantOf(row, this.clock.now()), { status: replayed ? 200 : 201, replayed });
  }

  @HandleRequest(createGrant)
  async create({ idempotency, actor, ...command }: CreateGrant): Promise<Reply<StaffGrant>> {
    const named = { owner: 'server', idempotency };
    const { row, replayed } = await this.creation.create({ ...command, named }, (made) => [this.act(made, actor)]);
    return reply(staffGrantOf(row, this.clock.now()), { status: replayed ? 200 : 201, replayed });
  }

  /** 03 §3.2: creations by servers are on record. */
  private act(row: GrantRow, { apiKeyId, apiKeyPrefix, requestId }: CreateGrant['actor']): NewFact {
    const now = this.clock.now();
    const auditId = uuidV7(now.getTime());
    const { studio_id: studioId, game_id: gameId, environment } = row;
    return actFact('grants', {
      ...{ auditId, studioId, gameId, environment, requestId, ip: null, userAgent: null },
      actor: { type: 'api_key', id: apiKeyId, label: `api_key:${apiKeyPrefix}` },
      action: 'grant.create',
      target: { type: 'grant', id: row.id, label: row.external_player_id },
      reason: null,
      metadata: { externalPlayerId: row.external_player_id },
      before: null,
      after: { grant: staffGrantOf(row, now) },
      actedAt: now.toISOString(),
    });
  }
}
