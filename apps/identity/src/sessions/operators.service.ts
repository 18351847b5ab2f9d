import { Injectable } from '@nestjs/common';
import type { Operator, OperatorCredential, RequestOrigin } from '@kraty/contracts/identity';
import { fail } from '@kraty/platform/errors';
import { secretsEqual } from '@kraty/platform/ids';
import { AccessTokensService } from './access-tokens.service.js';
import { csrfTokenOf } from './session-rules.js';
import { SessionsService } from './sessions.service.js';

/** Turns a credential of `/admin/v1` into the member who acts. */
@Injectable()
export class OperatorsService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly accessTokens: AccessTokensService,
  ) {}

  /** @throws session_invalid, csrf_invalid */
  authenticate(credential: OperatorCredential, { requestId, ip, userAgent }: RequestOrigin): Promise<Operator> {
    const origin = { requestId, ip, userAgent };
    return credential.kind === 'session' ? this.bySession(credential, origin) : this.byToken(credential.token, origin);
  }

  private async bySession(
    { token, csrfToken, unsafe }: Extract<OperatorCredential, { kind: 'session' }>,
    origin: RequestOrigin,
  ): Promise<Operator> {
    const { id, memberId, email, name } = await this.sessions.check(token);
    if (unsafe && !secretsEqual(csrfToken ?? '', csrfTokenOf(token))) {
      throw fail('csrf_invalid', 'send the X-CSRF-Token of the session');
    }
    return { ...origin, memberId, email, name, sessionId: id, tokenId: null, limitedTo: null };
  }

  private async byToken(token: string, origin: RequestOrigin): Promise<Operator> {
    const { id, memberId, email, memberName, permissions, gameIds } = await this.accessTokens.check(token);
    const limitedTo = { permissions, gameIds };
    return { ...origin, memberId, email, name: memberName, sessionId: null, tokenId: id, limitedTo };
  }
}
