import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { ApplyConfigurationBody, applyModes } from '@kraty/contracts/admin';
import { sectionOwners, sectionsToCome, type SectionName } from '@kraty/contracts/configuration';
import {
  applyConfiguration,
  configurationDeadlineMs,
  exportConfiguration,
  planConfiguration,
  readConfigurationSchema,
} from '@kraty/contracts/identity';
import { Messenger } from '@kraty/platform/messaging';
import { entityTag, sendData, sendJsonText } from '../http/replies.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import { flag, invalid, oneOf, single, type Query as QueryParameters } from '../validation/queries.js';
import { strictBody } from '../validation/strict-bodies.js';
import { ByAnyone, ByOperator } from './operator-access.js';
import { gameOf } from './place.js';

type ExportedSection = SectionName | 'settings';

const formats = ['yaml', 'json'] as const;
const exported = ['settings', ...Object.keys(sectionOwners)] as ExportedSection[];
const patience = { deadlineMs: configurationDeadlineMs };

/** The whole game as one document (04 §12). */
@Controller('admin/v1/studios/:studioId/games/:gameId/config')
export class ConfigurationController {
  constructor(private readonly messenger: Messenger) {}

  @Get('export')
  @ByOperator()
  async export(
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const format = oneOf(query, 'format', formats) ?? 'yaml';
    if (flag(query, 'includeArchived')) throw invalid('includeArchived', 'unsupported', 'is not supported yet');
    const command = { ...gameOf(request), format, sections: sectionsOf(query) };
    const { configVersion, text } = await this.messenger.request(exportConfiguration, command, patience);
    reply
      .header('etag', entityTag(configVersion))
      .header('content-type', `application/${format}; charset=utf-8`)
      .send(text);
  }

  @Post('plan')
  @ByOperator({ documentBody: true })
  async plan(
    @Body() raw: unknown,
    @Query() query: QueryParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const mode = oneOf(query, 'mode', applyModes) ?? 'merge';
    const command = { ...gameOf(request), document: typeof raw === 'string' ? raw : '', mode };
    sendData(reply, await this.messenger.request(planConfiguration, command, patience));
  }

  @Post('apply')
  @ByOperator()
  async apply(@Body() raw: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { document, mode, planHash, reason } = strictBody(ApplyConfigurationBody, raw);
    const command = { ...gameOf(request), document, mode, planHash: planHash ?? null, reason };
    sendData(reply, await this.messenger.request(applyConfiguration, command, patience));
  }

  @Get('schema.json')
  @ByAnyone()
  async schema(@Res() reply: FastifyReply): Promise<void> {
    sendJsonText(reply, JSON.stringify(await this.messenger.request(readConfigurationSchema, {})));
  }
}

/** Null = all. Sections of later features exist and are empty. */
function sectionsOf(query: QueryParameters): ExportedSection[] | null {
  const text = single(query, 'sections');
  if (text === undefined || text === '') return null;
  const names = text.split(',');
  const known: readonly string[] = [...exported, ...sectionsToCome];
  if (names.some((name) => !known.includes(name)))
    throw invalid('sections', 'enum', `must be some of ${known.join(', ')}`);
  return exported.filter((name) => names.includes(name));
}
