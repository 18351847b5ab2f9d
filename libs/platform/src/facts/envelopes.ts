import type { Context } from '@kraty/contracts/common';
import type { Fact, FactScope, FactType } from '@kraty/contracts/messages';

/** An envelope stays well below the broker's 1 MB, and small enough to be redelivered without regret. */
const factsAnEnvelopeMax = 200;
const envelopeCharactersMax = 256 * 1024;
/** The broker refuses more than 1 MB with headers; refused here, the transaction fails instead of the relay. */
const envelopeBytesMax = 900 * 1024;

/** A fact as its owner states it; id and time are given when it is staged. */
export interface NewFact<P = unknown> {
  type: FactType<P>;
  scope: FactScope;
  aggregateId: string;
  revision: number;
  payload: P;
  /** Chooses the partition of a partitioned fact; the aggregate when absent. */
  partitionKey?: string;
}

/** One row of the outbox, one message of the broker. */
export interface StagedEnvelope {
  id: string;
  subject: string;
  /** The exact JSON that is published, now and in every replay. */
  payload: string;
}

/** What a transaction has put into the outbox; handed to `carry` after the commit. */
export interface Staged {
  envelopes: StagedEnvelope[];
}

export interface Stamp {
  newId: () => string;
  occurredAt: string;
}

/** Groups facts by subject and partition, in the order they were given. Pure. */
export function envelopesOf(context: Context, facts: readonly NewFact[], stamp: Stamp): StagedEnvelope[] {
  const bySubject = new Map<string, Fact<unknown>[]>();
  for (const fact of facts) {
    if (fact.type.context !== context) throw new Error(`${context} does not own ${fact.type.subject}`);
    const subject = subjectOf(fact);
    const group = bySubject.get(subject);
    if (group === undefined) bySubject.set(subject, [stamped(fact, stamp)]);
    else group.push(stamped(fact, stamp));
  }
  return [...bySubject].flatMap(([subject, group]) => sealed(subject, group, stamp));
}

/** The subject all partitions of a fact share, as a filter. */
export function filterOf(type: FactType<unknown>): string {
  return type.partitions > 1 ? `${type.subject}.*` : type.subject;
}

function subjectOf({ type, partitionKey, aggregateId }: NewFact): string {
  if (type.partitions === 1) return type.subject;
  return `${type.subject}.${partitionOf(partitionKey ?? aggregateId, type.partitions)}`;
}

/** FNV-1a: cheap, even, and the same in every process and release. */
export function partitionOf(key: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % partitions;
}

function stamped({ type, scope, aggregateId, revision, payload }: NewFact, stamp: Stamp): Fact<unknown> {
  const { newId, occurredAt } = stamp;
  return { id: newId(), type: type.subject, scope, aggregateId, revision, occurredAt, payload };
}

/** Cuts a group where it would make a message too large; a single fact is never cut. Each fact is serialized once. */
function sealed(subject: string, facts: readonly Fact<unknown>[], stamp: Stamp): StagedEnvelope[] {
  const texts = facts.map((fact) => JSON.stringify(fact));
  const envelopes: StagedEnvelope[] = [];
  for (let start = 0; start < texts.length;) {
    const end = cut(texts, start);
    envelopes.push(seal(stamp.newId(), subject, texts.slice(start, end)));
    start = end;
  }
  return envelopes;
}

/** Where the envelope that begins at `start` ends. */
function cut(texts: readonly string[], start: number): number {
  let characters = 0;
  let end = start;
  while (end < texts.length && end - start < factsAnEnvelopeMax) {
    characters += texts[end]!.length;
    if (characters > envelopeCharactersMax && end > start) break;
    end += 1;
  }
  return end;
}

/** A `FactEnvelope` as JSON, put together from facts that are JSON already. */
function seal(id: string, subject: string, facts: readonly string[]): StagedEnvelope {
  const payload = `{"id":${JSON.stringify(id)},"subject":${JSON.stringify(subject)},"facts":[${facts.join(',')}]}`;
  if (payload.length > envelopeCharactersMax && Buffer.byteLength(payload) > envelopeBytesMax) {
    throw new Error(`a fact of ${subject} is larger than ${envelopeBytesMax} bytes`);
  }
  return { id, subject, payload };
}
