import { Injectable } from '@nestjs/common';
import { GatewayConfiguration } from '../gateway.configuration.js';
import type { FastifyRequest } from '../http/request-context.js';
import { RateLimits } from '../rate-limits/rate-limits.service.js';
import { rateLimited } from '../rate-limits/spend.js';

/** Wrong credentials, counted by the client's address so that nobody tries them all (01 §8). */
@Injectable()
export class FailedChecks {
  constructor(
    private readonly rateLimits: RateLimits,
    private readonly configuration: GatewayConfiguration,
  ) {}

  /** The failure to answer with: the given one, or past the limit 429. */
  async count(request: FastifyRequest, failure: unknown): Promise<unknown> {
    const allowance = await this.rateLimits.take(`address:${request.ip}`, this.configuration.rateLimitAuthentication);
    return allowance.allowed ? failure : rateLimited('auth', allowance);
  }
}
