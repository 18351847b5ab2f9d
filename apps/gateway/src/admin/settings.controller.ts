import { Body, Controller, Get, Patch, Req, Res } from '@nestjs/common';
import { UpdateSettingsBody } from '@kraty/contracts/admin';
import { readSettings, updateSettings, type GameSettings, type SettingsView } from '@kraty/contracts/identity';
import { Messenger } from '@kraty/platform/messaging';
import { entityTag, sendData } from '../http/replies.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import { strictBody } from '../validation/strict-bodies.js';
import { expectedVersion } from './if-match.js';
import { ByOperator } from './operator-access.js';
import { gameOf } from './place.js';

/** 04 §10. */
@Controller('admin/v1/studios/:studioId/games/:gameId/settings')
export class SettingsController {
  constructor(private readonly messenger: Messenger) {}

  @Get()
  @ByOperator()
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendSettings(reply, await this.messenger.request(readSettings, gameOf(request)));
  }

  @Patch()
  @ByOperator()
  async update(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { idempotencyKey: _key, defaultIdentityPoolId, ...given } = strictBody(UpdateSettingsBody, raw);
    const changes = {
      ...(defaultIdentityPoolId !== undefined && { defaultIdentityPoolKey: defaultIdentityPoolId }),
      ...given,
    };
    const version = expectedVersion(request);
    // Null stands for the platform's default, which only identity knows.
    const command = { ...gameOf(request), version, changes: changes as Partial<GameSettings> };
    sendSettings(reply, await this.messenger.request(updateSettings, command));
  }
}

/** Settings are read in the form in which they are changed, with the version beside them. */
function sendSettings(reply: FastifyReply, { settings, version }: SettingsView): void {
  sendData(reply.header('etag', entityTag(version)), { ...settings, version });
}
