import type { Issue } from '@kraty/contracts/failures';
import type { ValidationError } from 'class-validator';
import { type Failure, fail } from './failure.js';

export type ValidationRoot = 'body' | 'query' | 'path';

/** Bounds the reply: a hostile body can break thousands of rules. */
const ISSUES_MAX = 50;

/** Rules of class-validator by the word of the contract. What is not named here is a matter of form. */
const codeOfRule: Record<string, Issue['code']> = {
  isDefined: 'required',
  isNotEmpty: 'required',
  isString: 'type',
  isInt: 'type',
  isNumber: 'type',
  isBoolean: 'type',
  isArray: 'type',
  isObject: 'type',
  nestedValidation: 'type',
  min: 'range',
  max: 'range',
  isPositive: 'range',
  isNegative: 'range',
  minDate: 'range',
  maxDate: 'range',
  minLength: 'length',
  maxLength: 'length',
  isLength: 'length',
  arrayMinSize: 'length',
  arrayMaxSize: 'length',
  arrayNotEmpty: 'length',
  arrayUnique: 'duplicate',
  isIn: 'enum',
  isEnum: 'enum',
  whitelistValidation: 'unknown_field',
};

/** 400 `validation_failed` with one issue a broken rule. */
export function validationFailed(issues: Issue[], status = 400): Failure {
  const first = issues[0];
  const message = first ? `${first.path}: ${first.message}` : 'The request is not valid.';
  return fail('validation_failed', message, { issues: issues.slice(0, ISSUES_MAX) }, { status });
}

/** The failure for class-validator's findings; `root` says which part of the request was checked. */
export function toValidationFailed(errors: readonly ValidationError[], root: ValidationRoot = 'body'): Failure {
  return validationFailed(issuesOf(errors, root));
}

/** class-validator's findings in the words and paths of the contract (01 §7). */
export function issuesOf(errors: readonly ValidationError[], root: string, parentIsList = false): Issue[] {
  return errors.flatMap((error) => {
    const path = parentIsList ? `${root}[${error.property}]` : `${root}.${error.property}`;
    const own = Object.entries(error.constraints ?? {}).slice(0, 1);
    const issues = own.map(([rule, message]): Issue => ({ path, code: codeOf(error, rule), message }));
    return [...issues, ...issuesOf(error.children ?? [], path, Array.isArray(error.value))];
  });
}

/** One word: a missing value breaks every rule of its field, and "required" says it best. */
function codeOf(error: ValidationError, rule: string): Issue['code'] {
  const context: unknown = error.contexts?.[rule];
  if (isCodeContext(context)) return context.code;
  if (error.value === undefined && rule !== 'whitelistValidation') return 'required';
  return codeOfRule[rule] ?? 'format';
}

function isCodeContext(context: unknown): context is { code: Issue['code'] } {
  return typeof context === 'object' && context !== null && 'code' in context;
}

export function isValidationErrors(error: unknown): error is ValidationError[] {
  return Array.isArray(error) && error.length > 0 && error.every(isValidationError);
}

function isValidationError(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'property' in error &&
    ('constraints' in error || 'children' in error)
  );
}
