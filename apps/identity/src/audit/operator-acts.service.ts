import { Injectable } from '@nestjs/common';
import type { OperatorAct } from '@kraty/contracts/identity';
import type { Fact } from '@kraty/contracts/messages';
import { Database } from '@kraty/platform/persistence';
import { storable } from '../common/storable.js';
import { AuditLog, type AuditEntry } from './audit-log.service.js';

type IdentifiedEntry = AuditEntry & { id: string };

/** Puts on record, once, what other contexts have done for operators (04 §11). */
@Injectable()
export class OperatorActsService {
  constructor(
    private readonly database: Database,
    private readonly log: AuditLog,
  ) {}

  /** One transaction a studio: each has a chain of its own, and nobody ever holds two. */
  async record(facts: Fact<OperatorAct>[]): Promise<void> {
    for (const [studioId, entries] of entriesOfStudios(facts)) {
      await this.database.transaction((tx) => this.log.recordOnce(tx, studioId, entries));
    }
  }
}

function entriesOfStudios(facts: Fact<OperatorAct>[]): Map<string, IdentifiedEntry[]> {
  const studios = new Map<string, IdentifiedEntry[]>();
  for (const { payload } of facts) {
    const entries = studios.get(payload.studioId) ?? [];
    studios.set(payload.studioId, entries);
    entries.push(entryOf(storable(payload)));
  }
  return studios;
}

function entryOf({ auditId, actedAt, environment, reason, ...act }: OperatorAct): IdentifiedEntry {
  return {
    ...act,
    id: auditId.toLowerCase(),
    // The log is in the order in which it learned of things; when they were done is told all the same.
    createdAt: new Date(actedAt).toISOString(),
    ...(environment === null ? {} : { environment }),
    ...(reason === null ? {} : { reason }),
  };
}
