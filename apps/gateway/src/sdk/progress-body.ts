import { limits, parseInstant } from '@kraty/contracts/common';
import type { ReportProgress } from '@kraty/contracts/events';
import type { ReportProgressBody } from '@kraty/contracts/sdk';
import { invalidFields } from '../validation/bodies.js';

type Progress = Pick<ReportProgress, 'mode' | 'metricValue' | 'metrics' | 'occurredAt'>;

/**
 * The rules of a progress body that span its fields (02 §4).
 *
 * @throws validation_failed when no value is given, both spellings are, or `occurredAt` lies ahead of the clock
 */
export function progressOf(body: ReportProgressBody, nowMs: number): Progress {
  if (body.metrics && body.metricValues) {
    throw one('body.metricValues', 'conflict', 'is another name of metrics: send one of the two');
  }
  const metrics = body.metrics ?? body.metricValues ?? null;
  if (body.metricValue === undefined && metrics === null) {
    throw one('body.metrics', 'required', 'metricValue or metrics is required');
  }
  return { mode: body.mode, metricValue: body.metricValue ?? null, metrics, occurredAt: occurredAtOf(body, nowMs) };
}

function occurredAtOf(body: ReportProgressBody, nowMs: number): string | null {
  if (body.occurredAt === undefined) return null;
  const atMs = parseInstant(body.occurredAt)!;
  if (atMs > nowMs + limits.occurredAtAheadMsMax) {
    throw one('body.occurredAt', 'range', 'must not be more than 5 minutes ahead of the server');
  }
  return new Date(atMs).toISOString();
}

function one(path: string, code: 'conflict' | 'required' | 'range', message: string) {
  return invalidFields([{ path, code, message }]);
}
