import { Injectable } from '@nestjs/common';
import { authenticateOperator, type Operator, type OperatorCredential } from '@kraty/contracts/identity';
import { fail, Failure } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import { externalPlayerId } from '../access/external-id.js';
import { FailedChecks } from '../access/failed-checks.service.js';
import { GatewayConfiguration } from '../gateway.configuration.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import { RateLimits } from '../rate-limits/rate-limits.service.js';
import { spend } from '../rate-limits/spend.js';
import { originOf, presentedCredential } from './credential.js';
import type { OperatorAccess } from './operator-access.js';

/** Requests a minute (04 §1). */
const sessionRequestsMax = 600;
const tokenRequestsMax = 120;

/** Who acts on `/admin/v1`, before the body is read. Operators are few, so identity is asked at each request. */
@Injectable()
export class OperatorHook {
  private readonly publicOrigin: string;

  constructor(
    private readonly messenger: Messenger,
    private readonly rateLimits: RateLimits,
    private readonly failedChecks: FailedChecks,
    { publicOrigin }: GatewayConfiguration,
  ) {
    this.publicOrigin = new URL(publicOrigin).origin;
  }

  /**
   * Lets the request pass or throws the first check that fails.
   *
   * @throws unauthenticated, session_invalid, csrf_invalid, rate_limited, session_required, validation_failed, not_found
   */
  async check(request: FastifyRequest, reply: FastifyReply, access: OperatorAccess): Promise<void> {
    if (access === 'anyone') return;
    const operator = await this.authenticate(request);
    request.kraty.operator = operator;
    await this.count(reply, operator);
    if (access === 'session' && operator.sessionId === null) {
      throw fail('session_required', 'an access token cannot do this; sign in');
    }
    const { externalId } = (request.params ?? {}) as { externalId?: string };
    if (externalId !== undefined) request.kraty.externalPlayerId = externalPlayerId(externalId, 'path.externalId');
    refuseImpossibleKeys(request);
  }

  private async authenticate(request: FastifyRequest): Promise<Operator> {
    try {
      const credential = presentedCredential(request);
      const { operator } = await this.messenger.request(authenticateOperator, { credential, ...originOf(request) });
      this.refuseForeignOrigin(request, credential);
      if (credential.kind === 'session') request.kraty.sessionToken = credential.token;
      return operator;
    } catch (error) {
      throw isRefusal(error) ? await this.failedChecks.count(request, error) : error;
    }
  }

  /** The cookie comes along with requests of other sites; no page can forge the header that names its origin. */
  private refuseForeignOrigin(request: FastifyRequest, credential: OperatorCredential): void {
    if (credential.kind !== 'session' || !credential.unsafe) return;
    if (request.headers.origin === this.publicOrigin) return;
    throw fail('csrf_invalid', 'the Origin is not the one of this installation');
  }

  private async count(reply: FastifyReply, { sessionId, tokenId }: Operator): Promise<void> {
    const [bucket, limit] =
      sessionId === null ? [`token:${tokenId}`, tokenRequestsMax] : [`session:${sessionId}`, sessionRequestsMax];
    spend(reply, 'admin', await this.rateLimits.take(bucket, limit));
  }
}

/** A key that no database can hold is one that nobody has (01 §11). */
function refuseImpossibleKeys({ params }: FastifyRequest): void {
  const isImpossible = Object.values((params ?? {}) as Record<string, string>).some((key) => key.includes('\0'));
  if (isImpossible) throw fail('not_found', 'nothing is called that', { resource: 'route' });
}

function isRefusal(error: unknown): boolean {
  return error instanceof Failure && (error.status === 401 || error.status === 403);
}
