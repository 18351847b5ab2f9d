import { Controller, Get, Req, Res } from '@nestjs/common';
import type { ApiKeyInfo, PingReply } from '@kraty/contracts/sdk';
import type { ApiKeyRecord } from '@kraty/contracts/identity';
import { KeyRead, ServerCall } from '../access/access.js';
import { sendJsonText } from '../http/replies.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';

/** Cheap probes of a credential; they touch nothing but the key cache (02 §1). */
@Controller()
export class PingController {
  @Get('sdk/v1/ping')
  @KeyRead()
  pingSdk(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendJsonText(reply, pingText(request.kraty.key!));
  }

  @Get('server/v1/ping')
  @ServerCall()
  pingServer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendJsonText(reply, pingText(request.kraty.key!));
  }
}

/** Libraries read it bare, the vendor's tests in an envelope, so both forms are there. */
function pingText(key: ApiKeyRecord): string {
  const { id, prefix, permissionSet, environment, studioId, gameId } = key;
  const apiKey: ApiKeyInfo = { id, prefix, permissionSet, environment, studioId, gameId };
  const answer: PingReply = { ok: true, apiKey, data: { ok: true, apiKey } };
  return JSON.stringify(answer);
}
