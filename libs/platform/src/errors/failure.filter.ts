import type { ErrorEnvelope, FailureWire } from '@kraty/contracts/failures';
import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';
import { currentRequestId } from '../logging/current-request.js';
import { Logger } from '../logging/logger.js';
import type { Failure } from './failure.js';
import { toFailure } from './to-failure.js';

/** What the filter needs of a Fastify reply. */
interface HttpReply {
  readonly sent: boolean;
  status(code: number): this;
  headers(values: Record<string, string>): this;
  send(body: unknown): unknown;
}

/** The one place where what was thrown becomes what is answered, over HTTP and over NATS alike. */
@Catch()
@Injectable()
export class FailureFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> | undefined {
    const failure = toFailure(error);
    this.log(failure);
    if (host.getType() === 'rpc') return throwError((): FailureWire => failure.wire());
    answer(host.switchToHttp().getResponse<HttpReply>(), failure);
    return undefined;
  }

  /** Refusals are ordinary answers and not logged; a failure that came from another service was logged there. */
  private log(failure: Failure): void {
    if (failure.unexpected) this.logger.error({ err: failure.cause }, 'unhandled failure');
    else if (failure.status === 503 && failure.cause) this.logger.warn({ err: failure.cause }, 'a needed part is busy');
  }
}

/** The body of every refusal (01 §5). */
export function errorEnvelope(failure: Failure): ErrorEnvelope {
  const { code, message } = failure;
  const details = detailsOf(failure);
  return { error: details ? { code, message, details } : { code, message } };
}

/** A failure of a question that was asked for many carries the id of the first of them; each is told its own (01 §7). */
function detailsOf({ code, details }: Failure): Record<string, unknown> | undefined {
  const requestId = currentRequestId();
  return code === 'internal_error' && requestId !== undefined ? { ...details, requestId } : details;
}

/** The headers of a refusal: its own, and the challenge every 401 carries (01 §4). */
export function failureHeaders(failure: Failure): Record<string, string> {
  if (failure.status !== 401) return failure.headers ?? {};
  return { 'www-authenticate': 'Bearer', ...failure.headers };
}

/** A reply that has begun, a stream above all, cannot be turned into a refusal any more. */
function answer(reply: HttpReply, failure: Failure): void {
  if (reply.sent) return;
  reply.status(failure.status).headers(failureHeaders(failure)).send(errorEnvelope(failure));
}
