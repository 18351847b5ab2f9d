import { Controller, Get, Res } from '@nestjs/common';
import { ByAnyone } from '../admin/operator-access.js';
import { sendJsonText } from '../http/replies.js';
import type { FastifyReply } from '../http/request-context.js';
import { Documents } from './documents.service.js';

/** The OpenAPI documents, for whoever asks (01 §13). */
@Controller()
export class OpenApiController {
  constructor(private readonly documents: Documents) {}

  @Get(['openapi.sdk.json', 'sdk/v1/openapi.json'])
  @ByAnyone()
  sdk(@Res() reply: FastifyReply): void {
    sendJsonText(reply, this.documents.sdk);
  }

  @Get(['openapi.server.json', 'server/v1/openapi.json'])
  @ByAnyone()
  server(@Res() reply: FastifyReply): void {
    sendJsonText(reply, this.documents.server);
  }
}
