import { Controller, Get, Req, Res } from '@nestjs/common';
import { KeyRead } from '../access/access.js';
import { sendJsonText } from '../http/replies.js';
import { scopeOf, type FastifyReply, type FastifyRequest } from '../http/request-context.js';
import { Catalogs } from './catalog.service.js';

/** What the game can give, for clients that keep it (02 §12). */
@Controller('sdk/v1')
export class CatalogController {
  constructor(private readonly catalogs: Catalogs) {}

  @Get('catalog')
  @KeyRead()
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const catalog = await this.catalogs.find(scopeOf(request));
    reply.header('etag', catalog.etag).header('cache-control', 'private, max-age=60');
    if (holds(request.headers['if-none-match'], catalog.etag)) {
      reply.code(304).send();
      return;
    }
    sendJsonText(reply, catalog.text);
  }
}

/** True when the caller's copy is the present one; weak tags compare by their value. */
function holds(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
