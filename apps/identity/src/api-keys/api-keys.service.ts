import { Injectable } from '@nestjs/common';
import type { Environment, Json } from '@kraty/contracts/common';
import {
  actedBy,
  apiKeyChanged,
  type ApiKey,
  type ApiKeyRecord,
  type CreateApiKey,
  type Operator,
  type RateLimits,
} from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { Outbox } from '@kraty/platform/facts';
import { isUuid, sha256Hex, uuidV7 } from '@kraty/platform/ids';
import { Database, type Tx } from '@kraty/platform/persistence';
import { AuditLog } from '../audit/audit-log.service.js';
import { refuseIssues } from '../common/issues.js';
import { AccessService } from '../members/access.service.js';
import { keyIssues, mintKey, statusOf } from './api-key.js';
import { ApiKeysStore, type ApiKeyRow } from './api-keys.store.js';

const listMax = 1_000;
const touchesMax = 1_000;
/** A prefix has 62^7 forms: a second collision in a row would be a bug. */
const prefixTriesMax = 3;

export interface KeysOfGame {
  operator: Operator;
  studioId: string;
  gameId: string;
}

@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeysStore,
    private readonly access: AccessService,
    private readonly audit: AuditLog,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  resolve(prefix: string): Promise<ApiKeyRecord | null> {
    return this.keys.resolve(prefix, this.clock.now());
  }

  touch(keyIds: string[]): Promise<number> {
    return this.keys.touch(keyIds.filter(isUuid).slice(0, touchesMax), this.clock.now());
  }

  async list(
    call: KeysOfGame,
    environment: Environment | null,
    status: 'active' | 'revoked' | null,
  ): Promise<ApiKey[]> {
    await this.access.require(call.operator, 'api_key.read', call);
    const rows = await this.keys.list(call.studioId, call.gameId, environment, listMax);
    const views = rows.map((row) => this.view(row));
    // A key past its date counts as revoked.
    return status === null ? views : views.filter((key) => (key.status === 'active') === (status === 'active'));
  }

  /** The only time the key is seen in plain text. */
  async create(call: CreateApiKey): Promise<{ key: ApiKey; plaintext: string }> {
    refuseIssues(keyIssues(call, this.clock.nowMs()));
    await this.access.require(call.operator, 'api_key.create', call, { sessionOnly: true });
    const { made, staged } = await this.database.transaction(async (tx) => {
      const made = await this.insert(tx, call);
      await this.record(tx, call.operator, 'api_key.create', null, made.row);
      return { made, staged: await this.stage(tx, made.row) };
    });
    await this.outbox.carry(staged);
    return { key: this.view(made.row), plaintext: made.plaintext };
  }

  async update(call: KeysOfGame & { keyId: string; name?: string; rateLimits?: RateLimits | null }): Promise<ApiKey> {
    refuseIssues(keyIssues(call, this.clock.nowMs()));
    await this.access.require(call.operator, 'api_key.create', call, { sessionOnly: true });
    const row = await this.change(call, 'api_key.update', (key) => ({
      ...key,
      name: call.name?.trim() ?? key.name,
      rateLimits: call.rateLimits === undefined ? key.rateLimits : call.rateLimits,
    }));
    return this.view(row);
  }

  /** Acts on every instance before the answer; a second call finds nothing to do. */
  async revoke(call: KeysOfGame & { keyId: string; reason: string }): Promise<void> {
    await this.access.require(call.operator, 'api_key.revoke', call, { sessionOnly: true });
    const revoked = (key: ApiKeyRow) => ({ ...key, revokedAt: key.revokedAt ?? this.clock.now() });
    await this.change(call, 'api_key.revoke', revoked, call.reason.trim());
  }

  private async change(
    call: KeysOfGame & { keyId: string },
    action: string,
    apply: (key: ApiKeyRow) => ApiKeyRow,
    reason?: string,
  ): Promise<ApiKeyRow> {
    const { operator, studioId, gameId, keyId } = call;
    if (!isUuid(keyId)) throw unknownKey();
    const { row, staged } = await this.database.transaction(async (tx) => {
      const before = await this.keys.lock(tx, studioId, gameId, keyId);
      if (before === null) throw unknownKey();
      if (action === 'api_key.revoke' && before.revokedAt !== null) return { row: before, staged: null };
      const row = await this.keys.save(tx, apply(before));
      await this.record(tx, operator, action, before, row, reason);
      return { row, staged: await this.stage(tx, row) };
    });
    if (staged !== null) await this.outbox.carry(staged);
    return row;
  }

  private async insert(tx: Tx, call: CreateApiKey): Promise<{ row: ApiKeyRow; plaintext: string }> {
    for (let tries = 0; tries < prefixTriesMax; tries += 1) {
      const { prefix, secret, plaintext } = mintKey(call.permissionSet);
      const row = await this.keys.insert(tx, this.newRow(call, prefix), sha256Hex(secret));
      if (row !== null) return { row, plaintext };
    }
    throw new Error('no free prefix for an API key');
  }

  private newRow(call: CreateApiKey, prefix: string): ApiKeyRow {
    const { operator, studioId, gameId, environment, permissionSet, name, rateLimits, expiresAt } = call;
    return {
      id: uuidV7(this.clock.nowMs()),
      studioId,
      gameId,
      environment,
      prefix,
      permissionSet,
      name: name.trim(),
      rateLimits,
      createdBy: operator.email,
      revision: 1,
      createdAt: this.clock.now(),
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
      revokedAt: null,
      lastUsedAt: null,
    };
  }

  private stage(tx: Tx, { id, studioId, gameId, prefix, revision, revokedAt }: ApiKeyRow) {
    const payload = { keyId: id, prefix, revoked: revokedAt !== null };
    return this.outbox.stage(tx, [
      { type: apiKeyChanged, scope: { studioId, gameId }, aggregateId: id, revision, payload },
    ]);
  }

  private async record(
    tx: Tx,
    operator: Operator,
    action: string,
    before: ApiKeyRow | null,
    after: ApiKeyRow,
    reason?: string,
  ): Promise<void> {
    await this.audit.record(tx, {
      ...actedBy(operator),
      studioId: after.studioId,
      gameId: after.gameId,
      environment: after.environment,
      action,
      target: { type: 'api_key', id: after.id, label: after.prefix },
      reason,
      before: before && this.auditState(before),
      after: this.auditState(after),
    });
  }

  private auditState(row: ApiKeyRow): Json {
    const { prefix, name, permissionSet, environment, expiresAt, revokedAt, rateLimits } = this.view(row);
    return { prefix, name, permissionSet, environment, expiresAt, revokedAt, rateLimits: rateLimits as Json | null };
  }

  private view(row: ApiKeyRow): ApiKey {
    const { id, prefix, name, permissionSet, environment, createdBy, rateLimits } = row;
    return {
      id,
      prefix,
      name,
      permissionSet,
      environment,
      status: statusOf(row, this.clock.nowMs()),
      createdBy,
      createdAt: row.createdAt.toISOString(),
      lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
      expiresAt: row.expiresAt?.toISOString() ?? null,
      revokedAt: row.revokedAt?.toISOString() ?? null,
      rateLimits,
    };
  }
}

function unknownKey() {
  return fail('not_found', 'there is no such API key', { resource: 'api_key' });
}
