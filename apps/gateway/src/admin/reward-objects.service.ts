import { Injectable } from '@nestjs/common';
import { PlainWriteBody } from '@kraty/contracts/admin';
import {
  archiveRewardObject,
  listRewardObjects,
  readRewardObject,
  readRewardUsages,
  saveRewardObject,
  type RewardSection,
} from '@kraty/contracts/grants';
import { Messenger } from '@kraty/platform/messaging';
import { entityTag, sendData } from '../http/replies.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import { idempotencyOf } from '../sdk/idempotency.js';
import { flag, listLimit, type Query } from '../validation/queries.js';
import { strictBody } from '../validation/strict-bodies.js';
import { authorized } from './authorized.js';
import { expectedVersion } from './if-match.js';
import { keyOfCursor, sendPageByKey } from './pages.js';
import { ownersBody, sendVersioned } from './writes.js';

/** The routes that bundles and tables have in common (04 §7). */
@Injectable()
export class RewardObjects {
  constructor(private readonly messenger: Messenger) {}

  async list(section: RewardSection, query: Query, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const page = { archived: flag(query, 'archived'), afterKey: keyOfCursor(query), limit: listLimit(query) };
    const { game } = await authorized(this.messenger, request, 'reward.read');
    const { objects, nextKey } = await this.messenger.request(listRewardObjects, { game, section, ...page });
    sendPageByKey(reply, objects, nextKey);
  }

  async read(section: RewardSection, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { game } = await authorized(this.messenger, request, 'reward.read');
    const id = objectIdOf(request);
    const object = await this.messenger.request(readRewardObject, { game, section, id });
    sendData(reply.header('etag', entityTag(object.version)), object);
  }

  async usages(section: RewardSection, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { game } = await authorized(this.messenger, request, 'reward.read');
    const id = objectIdOf(request);
    sendData(reply, (await this.messenger.request(readRewardUsages, { game, section, id })).usages);
  }

  async create(section: RewardSection, raw: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const place = await authorized(this.messenger, request, 'reward.manage');
    const command = { ...place, section, id: null, ifVersion: null, ...ownersBody(request, raw) };
    sendVersioned(reply, await this.messenger.requestRaw(saveRewardObject, command));
  }

  async replace(section: RewardSection, raw: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const ifVersion = expectedVersion(request);
    const place = await authorized(this.messenger, request, 'reward.manage');
    const command = { ...place, section, id: objectIdOf(request), ifVersion, ...ownersBody(request, raw) };
    sendVersioned(reply, await this.messenger.requestRaw(saveRewardObject, command));
  }

  async archive(
    section: RewardSection,
    archived: boolean,
    { raw, query, request, reply }: { raw: unknown; query: Query; request: FastifyRequest; reply: FastifyReply },
  ): Promise<void> {
    const { idempotencyKey } = strictBody(PlainWriteBody, raw);
    const idempotency = idempotencyOf(request, idempotencyKey ?? undefined);
    const change = { archived, force: flag(query, 'force'), ifVersion: expectedVersion(request) };
    const place = await authorized(this.messenger, request, 'reward.manage');
    const command = { ...place, section, id: objectIdOf(request), ...change, idempotency };
    sendVersioned(reply, await this.messenger.requestRaw(archiveRewardObject, command));
  }
}

/** An id, or a key: keys are not in one case. */
export function objectIdOf(request: FastifyRequest): string {
  return (request.params as Record<string, string>)['objectId']!;
}
