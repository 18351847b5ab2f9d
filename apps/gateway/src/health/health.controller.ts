import { Controller, Get, Res } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Health, version } from '@kraty/platform/health';
import { ByAnyone } from '../admin/operator-access.js';
import type { FastifyReply } from '../http/request-context.js';

const jsonType = 'application/json; charset=utf-8';

/** For probes and people, bare as on the ops port (04 §14). */
@Controller()
export class HealthController {
  constructor(
    private readonly health: Health,
    private readonly clock: Clock,
  ) {}

  @Get(['admin/v1/health', 'healthz'])
  @ByAnyone()
  live(@Res() reply: FastifyReply): void {
    const body = { status: 'ok', version, time: this.clock.now().toISOString() };
    reply.header('content-type', jsonType).send(JSON.stringify(body));
  }

  @Get(['admin/v1/ready', 'readyz'])
  @ByAnyone()
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const body = await this.health.readiness();
    reply
      .code(body.status === 'ready' ? 200 : 503)
      .header('content-type', jsonType)
      .send(JSON.stringify(body));
  }
}
