import { type FailureCode, failureStatus, type FailureWire } from '@kraty/contracts/failures';
import { currentRequestId } from '../logging/current-request.js';

export interface FailureOptions {
  /** Only for the codes that have a second status (01 §7). */
  status?: number;
  headers?: Record<string, string>;
  /** What led here. Logged, never sent. */
  cause?: unknown;
}

/** A refusal out of the catalogue: what a caller is told. Everything else that is thrown is a bug and logged as one. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly status: number;
  readonly details?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
  /** True when the failure stands for a bug; only `toFailure` sets it. */
  readonly unexpected: boolean;

  constructor(wire: FailureWire, options: { cause?: unknown; unexpected?: boolean } = {}) {
    super(wire.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.code = wire.code;
    this.status = wire.status;
    this.unexpected = options.unexpected ?? false;
    if (wire.details) this.details = wire.details;
    if (wire.headers) this.headers = wire.headers;
  }

  /** The failure as plain data, to cross a process boundary. */
  wire(): FailureWire {
    const wire: FailureWire = { code: this.code, message: this.message, status: this.status };
    if (this.details) wire.details = this.details;
    if (this.headers) wire.headers = this.headers;
    return wire;
  }
}

/** Makes a failure of the catalogue, to be thrown: `throw fail('not_found', 'There is no such board.')`. */
export function fail(
  code: FailureCode,
  message: string,
  details?: Record<string, unknown>,
  options: FailureOptions = {},
): Failure {
  const wire: FailureWire = { code, message, status: options.status ?? failureStatus[code] };
  if (details) wire.details = details;
  if (options.headers) wire.headers = options.headers;
  return new Failure(wire, { cause: options.cause });
}

/** A needed part is busy or silent: 503, and the caller may repeat the same call after a second (01 §12). */
export function busy(reason: 'busy' | 'player_locked' = 'busy', cause?: unknown): Failure {
  return fail('internal_error', 'A needed part of the system is busy; try again.', withRequestId({ reason }), {
    status: 503,
    headers: { 'retry-after': '1' },
    cause,
  });
}

/** A bug of ours: the caller learns the request id and nothing else. */
export function unexpectedFailure(cause: unknown): Failure {
  const details = withRequestId({});
  const wire: FailureWire = { code: 'internal_error', message: 'Something went wrong on our side.', status: 500 };
  if (Object.keys(details).length > 0) wire.details = details;
  return new Failure(wire, { cause, unexpected: true });
}

function withRequestId(details: Record<string, unknown>): Record<string, unknown> {
  const requestId = currentRequestId();
  return requestId ? { requestId, ...details } : details;
}
