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

  /**
   * @param use `idle`: nobody acts, so it does not count as one
   * @throws session_invalid, csrf_invalid
   */
  authenticate(
    credential: OperatorCredential,
    { requestId, ip, userAgent }: RequestOrigin,
    use = { idle: false },
  ): Promise<Operator> {
    const origin = { requestId, ip, userAgent };
    if (credential.kind === 'session') return this.bySession(credential, origin, use);
    return this.byToken(credential.token, origin, use);
  }

  private async bySession(
    { token, csrfToken, unsafe }: Extract<OperatorCredential, { kind: 'session' }>,
    origin: RequestOrigin,
    use: { idle: boolean },
  ): Promise<Operator> {
    const { id, memberId, email, name } = await this.sessions.check(token, use);
    if (unsafe && !secretsEqual(csrfToken ?? '', csrfTokenOf(token))) {
      throw fail('csrf_invalid', 'send the X-CSRF-Token of the session');
    }
    return { ...origin, memberId, email, name, sessionId: id, tokenId: null, limitedTo: null };
  }

  private async byToken(token: string, origin: RequestOrigin, use: { idle: boolean }): Promise<Operator> {
    const { id, memberId, email, memberName, permissions, gameIds } = await this.accessTokens.check(token, use);
    const limitedTo = { permissions, gameIds };
    return { ...origin, memberId, email, name: memberName, sessionId: null, tokenId: id, limitedTo };
  }
}
