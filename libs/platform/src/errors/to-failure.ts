import { type FailureWire, failureStatus } from '@kraty/contracts/failures';
import { HttpException } from '@nestjs/common';
import { busy, Failure, fail, unexpectedFailure } from './failure.js';
import { isTransient } from './transient.js';
import { isValidationErrors, toValidationFailed, validationFailed } from './validation.js';

/** Whatever was thrown, as a failure of the catalogue. What nobody expected becomes a bare 500. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (isFailureWire(error)) return new Failure(error);
  if (isValidationErrors(error)) return toValidationFailed(error);
  const status = httpStatusOf(error);
  if (status !== undefined) return fromHttpStatus(status, error);
  if (isTransient(error)) return busy('busy', error);
  return unexpectedFailure(error);
}

function isFailureWire(error: unknown): error is FailureWire {
  if (typeof error !== 'object' || error === null || error instanceof Error) return false;
  const { code, message, status } = error as Partial<FailureWire>;
  return typeof code === 'string' && code in failureStatus && typeof message === 'string' && typeof status === 'number';
}

/** The status of Nest's exceptions and of Fastify's own refusals (`FST_…`). */
function httpStatusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  return typeof code === 'string' && code.startsWith('FST_') && typeof statusCode === 'number' ? statusCode : undefined;
}

/** The frameworks' own texts may quote input, so they are replaced. */
function fromHttpStatus(status: number, error: unknown): Failure {
  switch (status) {
    case 400:
      return validationFailed([{ path: 'body', code: 'format', message: 'The request is malformed.' }]);
    case 401:
      return fail('unauthenticated', 'Credentials are missing.');
    case 403:
      return fail('forbidden', 'This is not allowed.');
    case 404:
    case 405:
      return fail('not_found', 'There is nothing here.');
    case 413:
      return validationFailed([{ path: 'body', code: 'length', message: 'The body is too large.' }], 413);
    case 415:
      return validationFailed([{ path: 'body', code: 'format', message: 'The body must be application/json.' }], 415);
    case 503:
      return busy('busy', error);
    default:
      return unexpectedFailure(error);
  }
}
