import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { isMetricValue, isPlainObject, metricKeyPattern } from '@kraty/contracts/common';
import type { Issue } from '@kraty/contracts/failures';
import { fail } from '@kraty/platform/errors';

export type BodyClass<T extends object> = new () => T;

const fieldsOfClass = new Map<BodyClass<object>, readonly string[]>();

/**
 * An instance of a body class with the fields it declares: unknown fields are dropped, null counts as absent (01 §12).
 *
 * @throws validation_failed with every issue at once
 */
export function validBody<T extends object>(bodyClass: BodyClass<T>, raw: unknown): T {
  const source = (raw ?? {}) as Record<string, unknown>;
  const body = new bodyClass();
  for (const field of fieldsOf(bodyClass)) {
    const value = source[field];
    if (value !== undefined && value !== null) (body as Record<string, unknown>)[field] = value;
  }
  const errors = validateSync(body, { forbidUnknownValues: false });
  if (errors.length > 0) throw invalidFields(errors.map((error) => toIssue(error, 'body')));
  return body;
}

/** The failure for fields that break their rules; its message names the first. */
export function invalidFields(issues: Issue[]) {
  const first = issues[0];
  return fail('validation_failed', first ? `${first.path}: ${first.message}` : 'the request is not valid', { issues });
}

/** The fields a body class declares, its own and inherited ones. */
export function fieldsOf<T extends object>(bodyClass: BodyClass<T>): readonly string[] {
  const known = fieldsOfClass.get(bodyClass);
  if (known) return known;
  const metadata = getMetadataStorage().getTargetValidationMetadatas(bodyClass, '', false, false);
  const fields = [...new Set(metadata.map((rule) => rule.propertyName))];
  fieldsOfClass.set(bodyClass, fields);
  return fields;
}

function toIssue(error: ValidationError, parent: string): Issue {
  const path = `${parent}.${error.property}`;
  const [constraint, message] = Object.entries(error.constraints ?? {})[0] ?? ['isValid', 'is not valid'];
  if (error.value === undefined) return { path, code: 'required', message: 'is required' };
  if (constraint === 'isMetricValues') return metricsIssue(path, error.value, message);
  return { path, code: codeOf(constraint, error.value), message };
}

/** Names the first metric whose value is none; without one it is the map itself. */
function metricsIssue(path: string, metrics: unknown, message: string): Issue {
  if (!isPlainObject(metrics)) return { path, code: 'type', message };
  const [key, value] = Object.entries(metrics).find(([, value]) => !isMetricValue(value)) ?? [];
  if (key === undefined) return { path, code: 'length', message };
  const named = metricKeyPattern.test(key) ? `.${key}` : '';
  return { path: path + named, code: codeOf('isMetricValue', value), message };
}

/** class-validator names rules; the catalogue knows a few words (01 §7). */
function codeOf(constraint: string, value: unknown): Issue['code'] {
  switch (constraint) {
    case 'isIn':
    case 'isEnum':
      return 'enum';
    case 'isInstant':
      return typeof value === 'string' ? 'format' : 'type';
    case 'isAmount':
    case 'isSignedAmount':
    case 'isMetricValue':
      return typeof value === 'number' ? 'range' : 'type';
    case 'isMetadata':
    case 'maxLength':
    case 'minLength':
    case 'isLength':
      return 'length';
    case 'min':
    case 'max':
      return 'range';
    case 'matches':
    case 'isStorable':
      return 'format';
    default:
      return 'type';
  }
}
