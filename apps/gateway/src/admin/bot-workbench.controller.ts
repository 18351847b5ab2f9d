import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { Permission } from '@kraty/contracts/identity';
import { readConfigured, saveConfigured, simulateBot, validateBot, type BotView } from '@kraty/contracts/leaderboards';
import { Messenger } from '@kraty/platform/messaging';
import { sendData } from '../http/replies.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import { authorized } from './authorized.js';
import { ByOperator } from './operator-access.js';
import { nameOf, ownersBody, sendVersioned } from './writes.js';

/** A simulation of a month in seconds takes longer than an ordinary request may. Milliseconds. */
const simulationDeadlineMs = 20_000;

/** Bots tried out, and carried from one installation to another (04 §§6, 6.1). */
@Controller('admin/v1/studios/:studioId/games/:gameId/bots')
export class BotWorkbenchController {
  constructor(private readonly messenger: Messenger) {}

  @Post('validate')
  @ByOperator()
  async validate(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.allowed(request, 'bot.read');
    sendData(reply, await this.messenger.request(validateBot, { body: ownersBody(request, raw).body }));
  }

  @Post('simulate')
  @ByOperator()
  async simulate(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { game } = await this.allowed(request, 'bot.simulate');
    const { body } = ownersBody(request, raw);
    const options = { deadlineMs: simulationDeadlineMs };
    sendData(reply, await this.messenger.request(simulateBot, { game, body }, options));
  }

  @Post('import')
  @ByOperator()
  async import(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const by = await this.allowed(request, 'bot.manage');
    const created = { section: 'bots' as const, id: null, ifVersion: null, merge: false };
    const command = { ...by, ...created, ...ownersBody(request, raw) };
    sendVersioned(reply, await this.messenger.requestRaw(saveConfigured, command));
  }

  @Get(':id/export')
  @ByOperator()
  async export(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { game } = await this.allowed(request, 'bot.read');
    const asked = { game, section: 'bots' as const, id: nameOf(request, 'id') };
    const bot = (await this.messenger.request(readConfigured, asked)) as BotView;
    const { id: _id, version: _version, archivedAt: _archivedAt, validation: _validation, ...stated } = bot;
    sendData(reply.header('content-disposition', `attachment; filename="${bot.key}.bot.json"`), stated);
  }

  private allowed(request: FastifyRequest, permission: Permission) {
    return authorized(this.messenger, request, permission);
  }
}
