import { Injectable } from '@nestjs/common';
import { PlainWriteBody } from '@kraty/contracts/admin';
import {
  archiveRewardObject,
  listRewardObjects,
  readRewardObject,
  readRewardUsages,
  saveRewardObject,
  type RewardObject,
  type RewardSection,
} from '@kraty/contracts/grants';
import { Messenger } from '@kraty/platform/messaging';
import { entityTag, sendData, sendPage } from '../http/replies.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import { flag, invalid, listLimit, type Query } from '../validation/queries.js';
import { strictBody } from '../validation/strict-bodies.js';
import { authorized } from './authorized.js';
import { expectedVersion } from './if-match.js';
import { cursorOf } from './pages.js';

/** The routes that bundles and tables have in common (04 §7). */
@Injectable()
export class RewardObjects {
  constructor(private readonly messenger: Messenger) {}

  async list(section: RewardSection, query: Query, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const page = { archived: flag(query, 'includeArchived'), afterKey: keyOfCursor(query), limit: listLimit(query) };
    const { game } = await authorized(this.messenger, request, 'reward.read');
    const { objects, nextKey } = await this.messenger.request(listRewardObjects, { game, section, ...page });
    sendPage(reply, objects, nextKey === null ? null : Buffer.from(nextKey).toString('base64url'));
  }

  async read(section: RewardSection, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { game } = await authorized(this.messenger, request, 'reward.read');
    const id = objectIdOf(request);
    sendObject(reply, await this.messenger.request(readRewardObject, { game, section, id }));
  }

  async usages(section: RewardSection, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { game } = await authorized(this.messenger, request, 'reward.read');
    const id = objectIdOf(request);
    sendData(reply, (await this.messenger.request(readRewardUsages, { game, section, id })).usages);
  }

  async create(section: RewardSection, raw: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const place = await authorized(this.messenger, request, 'reward.manage');
    const command = { ...place, section, id: null, ifVersion: null, body: raw ?? {} };
    sendObject(reply, await this.messenger.request(saveRewardObject, command), 201);
  }

  async replace(section: RewardSection, raw: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const ifVersion = expectedVersion(request);
    const place = await authorized(this.messenger, request, 'reward.manage');
    const command = { ...place, section, id: objectIdOf(request), ifVersion, body: raw ?? {} };
    sendObject(reply, await this.messenger.request(saveRewardObject, command));
  }

  async archive(
    section: RewardSection,
    archived: boolean,
    { raw, query, request, reply }: { raw: unknown; query: Query; request: FastifyRequest; reply: FastifyReply },
  ): Promise<void> {
    strictBody(PlainWriteBody, raw);
    const change = { archived, force: flag(query, 'force'), ifVersion: expectedVersion(request) };
    const place = await authorized(this.messenger, request, 'reward.manage');
    const command = { ...place, section, id: objectIdOf(request), ...change };
    sendObject(reply, await this.messenger.request(archiveRewardObject, command));
  }
}

/** An id, or a key: keys are not in one case. */
export function objectIdOf(request: FastifyRequest): string {
  return (request.params as Record<string, string>)['objectId']!;
}

function keyOfCursor(query: Query): string | null {
  const cursor = cursorOf(query);
  if (cursor === null) return null;
  const key = Buffer.from(cursor, 'base64url').toString();
  if (Buffer.from(key).toString('base64url') !== cursor) throw invalid('cursor', 'format', 'is no cursor of this list');
  return key;
}

function sendObject(reply: FastifyReply, object: RewardObject, status = 200): void {
  sendData(reply.header('etag', entityTag(object.version)), object, status);
}
