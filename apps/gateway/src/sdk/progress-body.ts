import { isMetricValue, isPlainObject, isStorable, limits, parseInstant } from '@kraty/contracts/common';
import type { ReportProgress } from '@kraty/contracts/events';
import { ReportProgressBody } from '@kraty/contracts/sdk';
import { invalidFields, validBody } from '../validation/bodies.js';

type Progress = Pick<ReportProgress, 'mode' | 'metricValue' | 'metrics' | 'occurredAt'>;

/**
 * The body of the hot path. The rules are those of its class, checked by hand where they hold, for a fifth of the time;
 * a body that breaks one goes to the class, which says why.
 *
 * @throws validation_failed with every issue at once
 */
export function progressBodyOf(raw: unknown): ReportProgressBody {
  return plainBody(raw) ?? validBody(ReportProgressBody, raw);
}

function plainBody(raw: unknown): ReportProgressBody | null {
  if (!isPlainObject(raw)) return null;
  const { mode, metricValue, metrics, metricValues, occurredAt, idempotencyKey } = raw;
  const isValid =
    (mode === 'increment' || mode === 'set') &&
    isAbsentOr(isMetricValue, metricValue) &&
    isAbsentOr(isMetricMap, metrics) &&
    isAbsentOr(isMetricMap, metricValues) &&
    isAbsentOr(isInstant, occurredAt) &&
    isAbsentOr(isShortKey, idempotencyKey);
  if (!isValid) return null;
  const body = new ReportProgressBody();
  body.mode = mode;
  if (given(metricValue)) body.metricValue = metricValue as number;
  if (given(metrics)) body.metrics = metrics as Record<string, number>;
  if (given(metricValues)) body.metricValues = metricValues as Record<string, number>;
  if (given(occurredAt)) body.occurredAt = occurredAt as string;
  if (given(idempotencyKey)) body.idempotencyKey = idempotencyKey as string;
  return body;
}

/** Null counts as absent (01 §12). */
const given = (value: unknown): boolean => value !== undefined && value !== null;

function isAbsentOr(holds: (value: unknown) => boolean, value: unknown): boolean {
  return !given(value) || holds(value);
}

function isMetricMap(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  let count = 0;
  for (const key of Object.keys(value)) {
    count += 1;
    if (count > limits.metricsPerWriteMax || !isMetricValue(value[key])) return false;
  }
  return count > 0;
}

function isInstant(value: unknown): boolean {
  return parseInstant(value) !== null;
}

/** Counted in UTF-16 units: a longer one may still be short enough in characters, which the class decides. */
function isShortKey(value: unknown): boolean {
  return typeof value === 'string' && value.length <= limits.idempotencyKeyCharactersMax && isStorable(value);
}

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
