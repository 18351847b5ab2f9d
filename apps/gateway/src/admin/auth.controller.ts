import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import { BootstrapBody, ChangePasswordBody, LoginBody, PlainWriteBody } from '@kraty/contracts/admin';
import {
  bootstrap,
  changePassword,
  login,
  logout,
  readBootstrap,
  readSession,
  type OpenedSession,
} from '@kraty/contracts/identity';
import { Messenger } from '@kraty/platform/messaging';
import { sendData, sendNothing } from '../http/replies.js';
import { operatorOf, sessionTokenOf, type FastifyReply, type FastifyRequest } from '../http/request-context.js';
import { strictBody } from '../validation/strict-bodies.js';
import { originOf } from './credential.js';
import { ByAnyone, BySession } from './operator-access.js';
import { SessionCookies } from './session-cookies.service.js';

/** Signing in and out (04 §2). */
@Controller('admin/v1/auth')
export class AuthController {
  constructor(
    private readonly messenger: Messenger,
    private readonly cookies: SessionCookies,
  ) {}

  @Get('bootstrap')
  @ByAnyone()
  async readBootstrap(@Res() reply: FastifyReply): Promise<void> {
    sendData(reply, await this.messenger.request(readBootstrap, {}));
  }

  @Post('bootstrap')
  @ByAnyone()
  async bootstrap(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { token, email, name, password, studioName } = strictBody(BootstrapBody, raw);
    const command = { token, email, name, password, studioName, ...originOf(request) };
    this.open(reply, await this.messenger.request(bootstrap, command), 201);
  }

  @Post('login')
  @ByAnyone()
  async login(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { email, password, totp } = strictBody(LoginBody, raw);
    const command = { email, password, totp: totp ?? null, ...originOf(request) };
    this.open(reply, await this.messenger.request(login, command), 200);
  }

  @Post('logout')
  @BySession()
  async logout(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    strictBody(PlainWriteBody, raw);
    await this.messenger.request(logout, { operator: operatorOf(request) });
    this.cookies.clear(reply);
    sendNothing(reply);
  }

  @Get('session')
  @BySession()
  async readSession(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendData(reply, await this.messenger.request(readSession, { token: sessionTokenOf(request) }));
  }

  /** The caller's session goes on under a new id; its CSRF token is read again from `auth/session`. */
  @Post('password')
  @BySession()
  async changePassword(
    @Body() raw: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { currentPassword, newPassword } = strictBody(ChangePasswordBody, raw);
    const command = { operator: operatorOf(request), currentPassword, newPassword };
    this.cookies.set(reply, await this.messenger.request(changePassword, command));
    sendNothing(reply);
  }

  private open(reply: FastifyReply, session: OpenedSession, status: number): void {
    const { member, csrfToken, expiresAt } = session;
    this.cookies.set(reply, session);
    sendData(reply, { member, csrfToken, expiresAt }, status);
  }
}
