import { Controller } from '@nestjs/common';
import {
  authenticateOperator,
  bootstrap,
  changePassword,
  createAccessToken,
  deleteAccessToken,
  endSession,
  listAccessTokens,
  listSessions,
  login,
  logout,
  readBootstrap,
  readSession,
  type AuthenticateOperator,
  type Bootstrap,
  type CreateAccessToken,
  type Login,
  type Operator,
} from '@kraty/contracts/identity';
import { HandleRequest } from '@kraty/platform/messaging';
import { AccessTokensService } from './access-tokens.service.js';
import { BootstrapService } from './bootstrap.service.js';
import { LoginService } from './login.service.js';
import { OperatorsService } from './operators.service.js';
import { SessionsService } from './sessions.service.js';

@Controller()
export class SessionsHandler {
  constructor(
    private readonly bootstraps: BootstrapService,
    private readonly logins: LoginService,
    private readonly operators: OperatorsService,
    private readonly sessions: SessionsService,
    private readonly accessTokens: AccessTokensService,
  ) {}

  @HandleRequest(authenticateOperator)
  async authenticate({ credential, idle = false, ...origin }: AuthenticateOperator) {
    return { operator: await this.operators.authenticate(credential, origin, { idle }) };
  }

  @HandleRequest(readBootstrap)
  async readBootstrap() {
    return { required: await this.bootstraps.isRequired() };
  }

  @HandleRequest(bootstrap)
  bootstrap(call: Bootstrap) {
    return this.bootstraps.bootstrap(call);
  }

  @HandleRequest(login)
  login(call: Login) {
    return this.logins.login(call);
  }

  @HandleRequest(logout)
  async logout({ operator }: { operator: Operator }) {
    await this.sessions.logout(operator);
    return {};
  }

  @HandleRequest(readSession)
  readSession({ token }: { token: string }) {
    return this.sessions.view(token);
  }

  @HandleRequest(changePassword)
  changePassword(call: { operator: Operator; currentPassword: string; newPassword: string }) {
    return this.sessions.changePassword(call.operator, call.currentPassword, call.newPassword);
  }

  @HandleRequest(listSessions)
  listSessions({ operator }: { operator: Operator }) {
    return this.sessions.list(operator);
  }

  @HandleRequest(endSession)
  async endSession({ operator, sessionId }: { operator: Operator; sessionId: string }) {
    await this.sessions.end(operator, sessionId);
    return {};
  }

  @HandleRequest(createAccessToken)
  createAccessToken(call: CreateAccessToken) {
    return this.accessTokens.create(call);
  }

  @HandleRequest(listAccessTokens)
  listAccessTokens({ operator }: { operator: Operator }) {
    return this.accessTokens.list(operator);
  }

  @HandleRequest(deleteAccessToken)
  async deleteAccessToken({ operator, accessTokenId }: { operator: Operator; accessTokenId: string }) {
    await this.accessTokens.delete(operator, accessTokenId);
    return {};
  }
}
