import { isPlainObject } from '@kraty/contracts/common';
import { canonicalEvent, type EventConfiguration } from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import { fail, validationFailed, type Failure } from '@kraty/platform/errors';
import { editIssues, type StandingEvent, type WantedStatus } from '../definitions/event-edit.js';
import { meaningIssues } from '../definitions/event-meaning.js';
import { shapeEvent } from '../definitions/event-shape.js';
import { issue } from '../definitions/issue.js';
import type { References } from '../definitions/references.js';

const bodyRoot = 'body';
/** Fields of documents that the routes have other ways for. */
const documentFields = ['status', 'windowOverrides'];
const issuesMax = 50;

/**
 * A statement as an operator sent it, checked as `wanted` and in canonical form: a draft may be incomplete, what is
 * published must be whole (05 §1).
 *
 * @throws validation_failed for its shape, config_invalid for its meaning
 */
export function judgedStatement(
  body: unknown,
  wanted: WantedStatus,
  references: References,
  standing: EventConfiguration | null,
  root = bodyRoot,
): EventConfiguration {
  const entry = shaped(body, wanted, root);
  const event = canonicalEvent(entry);
  const issues = meaningIssues({ event, stated: entry, references, standing }, root);
  if (issues.length > 0) throw invalid(issues);
  return event;
}

/**
 * What the state of the event has against an edit (05 §16).
 *
 * @throws conflict (event_finalized, immutable_field)
 */
export function refuseForbiddenEdit(before: StandingEvent & { key: string }, after: EventConfiguration): void {
  const wanted = before.status === 'draft' ? 'draft' : 'scheduled';
  const issues = editIssues(before, after, wanted, bodyRoot);
  if (before.status !== 'draft' && before.key !== after.key) {
    issues.push(issue(`${bodyRoot}.key`, 'conflict', 'cannot change once the event is published'));
  }
  if (issues.length === 0) return;
  const reason = before.status === 'finalized' ? 'event_finalized' : 'immutable_field';
  throw fail('conflict', issues[0]!.message, { reason, issues });
}

/** The statement a PATCH comes to: null takes a field back, an absent one stays. */
export function merged(configuration: EventConfiguration, body: unknown): unknown {
  if (!isPlainObject(body)) return body;
  const fields = Object.entries({ ...configuration, ...body }).filter(([, value]) => value !== null);
  return Object.fromEntries(fields);
}

function shaped(body: unknown, status: WantedStatus, root: string) {
  const own = isPlainObject(body) ? documentFields.filter((field) => body[field] !== undefined) : [];
  if (own.length > 0) {
    throw validationFailed(
      own.map((field) => issue(`${root}.${field}`, 'unknown_field', 'is not a field of this body')),
    );
  }
  const shape = shapeEvent(isPlainObject(body) ? { ...body, status } : body, root);
  if (shape.entry === null) throw validationFailed(shape.issues);
  return shape.entry;
}

function invalid(issues: Issue[]): Failure {
  return fail('config_invalid', `${issues[0]!.path}: ${issues[0]!.message}`, { issues: issues.slice(0, issuesMax) });
}
