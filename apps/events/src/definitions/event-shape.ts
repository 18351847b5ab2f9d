import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { isPlainObject, isStorable } from '@kraty/contracts/common';
import { EventDocumentEntryBody, eventTreeIssues } from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import { issuesOf } from '@kraty/platform/errors';

/** A statement whose fields have the right types and bounds, or every reason why they do not. */
export type Shape = { entry: EventDocumentEntryBody; issues: [] } | { entry: null; issues: Issue[] };

/** Types, bounds and unknown fields; what the fields mean together is `meaningIssues`' question. */
export function shapeEvent(raw: unknown, path: string): Shape {
  if (!isPlainObject(raw)) return { entry: null, issues: [{ path, code: 'type', message: 'must be an object' }] };
  if (!isStorable(raw))
    return { entry: null, issues: [{ path, code: 'format', message: 'contains NUL or half of a surrogate pair' }] };
  const trees = eventTreeIssues(raw, path);
  if (trees.length > 0) return { entry: null, issues: trees };
  const entry = plainToInstance(EventDocumentEntryBody, raw);
  const errors = validateSync(entry, { whitelist: true, forbidNonWhitelisted: true });
  const issues = issuesOf(errors, path);
  return issues.length > 0 ? { entry: null, issues } : { entry, issues: [] };
}
