import { Injectable } from '@nestjs/common';
import type { AuditActor, AuditDifference, AuditFilter, AuditRow } from '@kraty/contracts/identity';
import type { Environment } from '@kraty/contracts/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import { chainStart } from './audit-chain.js';

interface StoredRow {
  id: string;
  seq: number;
  studioId: string;
  gameId: string | null;
  environment: Environment | null;
  actorType: AuditActor['type'];
  actorId: string | null;
  actorLabel: string;
  tokenId: string | null;
  action: string;
  targetType: string;
  targetId: string;
  targetLabel: string | null;
  reason: string | null;
  metadata: Record<string, unknown>;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  diff: AuditDifference[];
  requestId: string;
  ip: string | null;
  userAgent: string | null;
  createdAt: Date;
  hash: string;
}

const columns = `id, seq, studio_id as "studioId", game_id as "gameId", environment, actor_type as "actorType",
  actor_id as "actorId", actor_label as "actorLabel", token_id as "tokenId", action, target_type as "targetType",
  target_id as "targetId", target_label as "targetLabel", reason, metadata, before, after, diff,
  request_id as "requestId", ip, user_agent as "userAgent", created_at as "createdAt", hash`;

// A row that does not exist cannot be locked.
const openChain = statement(
  'identity_audit_open_chain',
  `insert into audit_head (studio_id, seq, hash) values ($1, 0, $2) on conflict (studio_id) do nothing`,
);

const lockHead = statement(
  'identity_audit_lock_head',
  `select seq, hash from audit_head where studio_id = $1 for update`,
);

const moveHead = statement(
  'identity_audit_move_head',
  `update audit_head set seq = $2, hash = $3 where studio_id = $1`,
);

const insertRow = statement(
  'identity_audit_insert',
  `insert into audit_row (id, seq, studio_id, game_id, environment, actor_type, actor_id, actor_label, token_id, action,
                          target_type, target_id, target_label, reason, metadata, before, after, diff,
                          request_id, ip, user_agent, created_at, hash)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)`,
);

const selectOne = statement('identity_audit_one', `select ${columns} from audit_row where studio_id = $1 and id = $2`);

const selectRange = statement(
  'identity_audit_range',
  `select ${columns} from audit_row where studio_id = $1 and seq > $2 and seq <= $3 order by seq limit $4`,
);

const selectHead = statement('identity_audit_head', `select seq, hash from audit_head where studio_id = $1`);

const selectPage = statement(
  'identity_audit_page',
  `select ${columns}
     from audit_row
    where studio_id = $1
      and ($2::uuid is null or game_id = $2)
      and ($3::int is null or seq < $3)
      and ($4::text is null or actor_id = $4 or actor_label = $4)
      and ($5::text is null or actor_type = $5)
      and ($6::text is null or action = $6 or (right($6, 1) = '.' and starts_with(action, $6)))
      and ($7::text is null or target_type = $7)
      and ($8::text is null or target_id = $8)
      and ($9::text is null or metadata->>'externalPlayerId' = $9 or (target_type = 'player' and target_label = $9))
      and ($10::text is null or environment = $10)
      and ($11::timestamptz is null or created_at >= $11)
      and ($12::timestamptz is null or created_at < $12)
      and ($13::text is null or strpos(lower(reason), lower($13)) > 0)
    order by seq desc
    limit $14`,
);

export interface Head {
  seq: number;
  hash: string;
}

/** All SQL of the audit log. Rows are only ever added. */
@Injectable()
export class AuditStore {
  constructor(private readonly database: Database) {}

  /** The end of the studio's chain, locked until the transaction ends. */
  async lockHead(tx: Tx, studioId: string): Promise<Head> {
    await tx.query(openChain, [studioId, chainStart]);
    const [head] = await tx.query<Head>(lockHead, [studioId]);
    return head!;
  }

  async append(tx: Tx, row: AuditRow): Promise<void> {
    const who = [row.actor.type, row.actor.id, row.actor.label, row.actor.tokenId ?? null];
    const what = [row.action, row.target.type, row.target.id, row.target.label, row.reason];
    const states = [row.metadata, row.before, row.after, row.diff].map((state) => state && JSON.stringify(state));
    const origin = [row.requestId, row.ip, row.userAgent, row.createdAt];
    await tx.query(insertRow, [
      row.id,
      row.seq,
      row.studioId,
      row.gameId,
      row.environment,
      ...who,
      ...what,
      ...states,
      ...origin,
      row.hash,
    ]);
    await tx.query(moveHead, [row.studioId, row.seq, row.hash]);
  }

  async find(studioId: string, auditId: string): Promise<AuditRow | null> {
    const [row] = await this.database.query<StoredRow>(selectOne, [studioId, auditId]);
    return row ? toAuditRow(row) : null;
  }

  /** Rows after `afterSeq` up to `toSeq`, in the order of the chain. */
  async range(studioId: string, afterSeq: number, toSeq: number, limit: number): Promise<AuditRow[]> {
    const rows = await this.database.query<StoredRow>(selectRange, [studioId, afterSeq, toSeq, limit]);
    return rows.map(toAuditRow);
  }

  async head(studioId: string): Promise<Head> {
    const [head] = await this.database.query<Head>(selectHead, [studioId]);
    return head ?? { seq: 0, hash: chainStart };
  }

  /** Newest first, older than `beforeSeq`. */
  async page(
    studioId: string,
    gameId: string | null,
    filter: AuditFilter,
    beforeSeq: number | null,
    limit: number,
  ): Promise<AuditRow[]> {
    const { actor, actorType, action, targetType, targetId, externalPlayerId, environment, from, to, q } = filter;
    const filters = [actor, actorType, action, targetType, targetId, externalPlayerId, environment, from, to, q];
    const given = filters.map((value) => value ?? null);
    const rows = await this.database.query<StoredRow>(selectPage, [studioId, gameId, beforeSeq, ...given, limit]);
    return rows.map(toAuditRow);
  }
}

function toAuditRow(row: StoredRow): AuditRow {
  const { actorType, actorId, actorLabel, tokenId, targetType, targetId, targetLabel, createdAt, ...rest } = row;
  return {
    ...rest,
    actor: { type: actorType, id: actorId, label: actorLabel, ...(tokenId === null ? {} : { tokenId }) },
    target: { type: targetType, id: targetId, label: targetLabel },
    createdAt: createdAt.toISOString(),
  };
}
