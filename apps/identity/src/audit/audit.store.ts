import { Injectable } from '@nestjs/common';
import type { AuditActor, AuditFilter, AuditRow } from '@kraty/contracts/identity';
import type { Environment } from '@kraty/contracts/common';
import { statement, type Tx } from '@kraty/platform/persistence';
import { PrismaClient, type AuditRow as StoredRow, type Prisma } from '../generated/prisma/client.js';
import { chainStart } from './audit-chain.js';

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

const findRecorded = statement('identity_audit_recorded', `select id from audit_row where id = any($1::uuid[])`);

export interface Head {
  seq: number;
  hash: string;
}

/** All access to the audit log. Rows are only ever added, in the transaction of what they tell. */
@Injectable()
export class AuditStore {
  constructor(private readonly prisma: PrismaClient) {}

  /** The end of the studio's chain, locked until the transaction ends. */
  async lockHead(tx: Tx, studioId: string): Promise<Head> {
    await tx.query(openChain, [studioId, chainStart]);
    const [head] = await tx.query<Head>(lockHead, [studioId]);
    return head!;
  }

  /** Those of the ids that are on record. */
  async recorded(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
    const rows = await tx.query<{ id: string }>(findRecorded, [ids]);
    return new Set(rows.map(({ id }) => id));
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

  async find(studioId: string, id: string): Promise<AuditRow | null> {
    const row = await this.prisma.auditRow.findFirst({ where: { studioId, id } });
    return row ? toAuditRow(row) : null;
  }

  /** Rows after `afterSeq` up to `toSeq`, in the order of the chain. */
  async range(studioId: string, afterSeq: number, toSeq: number, limit: number): Promise<AuditRow[]> {
    const where = { studioId, seq: { gt: afterSeq, lte: toSeq } };
    const rows = await this.prisma.auditRow.findMany({ where, orderBy: { seq: 'asc' }, take: limit });
    return rows.map(toAuditRow);
  }

  async head(studioId: string): Promise<Head> {
    const head = await this.prisma.auditHead.findUnique({ where: { studioId } });
    return head ?? { seq: 0, hash: chainStart };
  }

  /** Newest first, older than `beforeSeq`. */
  async page(
    place: { studioId: string; gameId: string | null },
    filter: AuditFilter,
    beforeSeq: number | null,
    limit: number,
  ): Promise<AuditRow[]> {
    const where = { AND: conditionsOf(place, filter, beforeSeq) };
    const rows = await this.prisma.auditRow.findMany({ where, orderBy: { seq: 'desc' }, take: limit });
    return rows.map(toAuditRow);
  }
}

function conditionsOf(
  { studioId, gameId }: { studioId: string; gameId: string | null },
  filter: AuditFilter,
  beforeSeq: number | null,
): Prisma.AuditRowWhereInput[] {
  const { actor, actorType, action, targetType, targetId, externalPlayerId, environment, from, to, q } = filter;
  const conditions: Prisma.AuditRowWhereInput[] = [{ studioId, actorType, targetType, targetId, environment }];
  if (gameId !== null) conditions.push({ gameId });
  if (beforeSeq !== null) conditions.push({ seq: { lt: beforeSeq } });
  if (actor !== undefined) conditions.push({ OR: [{ actorId: actor }, { actorLabel: actor }] });
  if (action !== undefined) conditions.push({ action: action.endsWith('.') ? { startsWith: action } : action });
  if (from !== undefined) conditions.push({ createdAt: { gte: new Date(from) } });
  if (to !== undefined) conditions.push({ createdAt: { lt: new Date(to) } });
  if (q !== undefined) conditions.push({ reason: { contains: q, mode: 'insensitive' } });
  if (externalPlayerId !== undefined) conditions.push(ofPlayer(externalPlayerId));
  return conditions;
}

function ofPlayer(externalPlayerId: string): Prisma.AuditRowWhereInput {
  const named = { metadata: { path: ['externalPlayerId'], equals: externalPlayerId } };
  return { OR: [named, { targetType: 'player', targetLabel: externalPlayerId }] };
}

function toAuditRow(row: StoredRow): AuditRow {
  const { actorType, actorId, actorLabel, tokenId, targetType, targetId, targetLabel, createdAt, ...rest } = row;
  return {
    ...rest,
    environment: rest.environment as Environment | null,
    metadata: rest.metadata as AuditRow['metadata'],
    before: rest.before as AuditRow['before'],
    after: rest.after as AuditRow['after'],
    diff: rest.diff as unknown as AuditRow['diff'],
    actor: { type: actorType as AuditActor['type'], id: actorId, label: actorLabel, ...(tokenId && { tokenId }) },
    target: { type: targetType, id: targetId, label: targetLabel },
    createdAt: createdAt.toISOString(),
  };
}
