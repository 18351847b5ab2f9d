import { Injectable } from '@nestjs/common';
import type { OpenedSession } from '@kraty/contracts/identity';
import { GatewayConfiguration } from '../gateway.configuration.js';
import type { FastifyReply } from '../http/request-context.js';
import { sessionCookieText } from './credential.js';

/** The session travels in a cookie that no script can read (04 §2). */
@Injectable()
export class SessionCookies {
  private readonly secure: boolean;

  constructor({ publicOrigin }: GatewayConfiguration) {
    const { protocol, hostname } = new URL(publicOrigin);
    this.secure = protocol !== 'http:' || hostname !== 'localhost';
  }

  set(reply: FastifyReply, session: OpenedSession): void {
    reply.header('set-cookie', sessionCookieText(session, this.secure));
  }

  clear(reply: FastifyReply): void {
    reply.header('set-cookie', sessionCookieText(null, this.secure));
  }
}
