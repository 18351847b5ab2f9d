import { Controller, Get, Query, Res } from '@nestjs/common';
import { DateTime } from 'luxon';
import type { ServerTime } from '@kraty/contracts/sdk';
import { Clock } from '@kraty/platform/clock';
import { KeyRead } from '../access/access.js';
import { sendData } from '../http/replies.js';
import type { FastifyReply } from '../http/request-context.js';
import { invalid, single, type Query as QueryParameters } from '../validation/queries.js';

/** The server's clock, which alone decides anything (02 §13). */
@Controller('sdk/v1')
export class TimeController {
  constructor(private readonly clock: Clock) {}

  @Get('time')
  @KeyRead()
  read(@Query() query: QueryParameters, @Res() reply: FastifyReply): void {
    const timezone = single(query, 'timezone') || 'UTC';
    const zone = canonicalZone(timezone);
    if (zone === null) throw invalid('timezone', 'format', 'must be an IANA time zone');
    const epochMs = this.clock.nowMs();
    const local = DateTime.fromMillis(epochMs, { zone });
    const time: ServerTime = {
      epochMs,
      iso: new Date(epochMs).toISOString(),
      timezone,
      offsetMinutes: local.offset,
      local: local.toFormat("yyyy-MM-dd'T'HH:mm:ss"),
    };
    sendData(reply, time);
  }
}

/**
 * The zone by the one name that Luxon shall see, or null. It keeps some 50 KB for every name it has ever been asked
 * for, and the letters of one name can be written large and small in thousands of ways.
 */
function canonicalZone(name: string): string | null {
  if (!/^[a-z]/i.test(name)) return null;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
