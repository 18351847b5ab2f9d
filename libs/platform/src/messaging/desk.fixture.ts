import { request } from '@kraty/contracts/messages';
import { Controller, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, Payload } from '@nestjs/microservices';
import { fail, Failure, FailureFilter } from '../errors/index.js';
import { currentRequestId, Logger } from '../logging/index.js';
import { HandleRequest } from './handle-request.js';
import { KratyNatsServer } from './kraty-nats-server.js';
import type { NatsLink } from './nats-link.js';
import { rawJson, reply, type Reply } from './reply.js';
import type { RequestContext } from './request-context.js';

export interface Errand {
  does: 'echo' | 'record' | 'refuse' | 'crash' | 'nothing' | 'hold' | 'look';
  say?: string;
}

/** One subject with answers of every kind, so that all of them may be in one bundle. */
export const errand = request<Errand, unknown>('economy', 'errand');
export const unserved = request<null, never>('economy', 'unserved');

/** Serves `errand`; what is held is answered when the spec says so. */
@Controller()
export class Desk {
  served = 0;
  readonly held: string[] = [];
  private readonly releases: (() => void)[] = [];

  release(): void {
    for (const release of this.releases.splice(0)) release();
  }

  @HandleRequest(errand)
  async serve(@Payload() { does, say = '' }: Errand, @Ctx() context: RequestContext): Promise<unknown> {
    this.served += 1;
    if (does === 'record') return this.recorded(say);
    if (does === 'refuse') throw fail('insufficient_entry_cost', say, { have: 3 }, { headers: { 'retry-after': '7' } });
    if (does === 'crash') throw new TypeError('a secret of ours');
    if (does === 'nothing') return undefined;
    if (does === 'look') return { requestId: currentRequestId() ?? null, leftMs: context.leftMs() };
    if (does === 'hold') await this.hold(say);
    return { say };
  }

  private recorded(say: string): Reply<never> {
    return reply(rawJson(`{ "say": ${JSON.stringify(say)} }`), { status: 201, replayed: true });
  }

  private hold(say: string): Promise<void> {
    this.held.push(say);
    return new Promise((release) => this.releases.push(release));
  }
}

export async function openDesk(link: NatsLink, requestsInFlightMax?: number): Promise<INestMicroservice> {
  const strategy = new KratyNatsServer(link, { context: 'economy', requestsInFlightMax });
  const service = await NestFactory.createMicroservice(
    { module: class {}, controllers: [Desk] },
    { strategy, logger: false },
  );
  service.useGlobalFilters(new FailureFilter(Logger.silent()));
  await service.listen();
  return service;
}

export async function caught(work: Promise<unknown>): Promise<Failure> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (error instanceof Failure) return error;
  throw new Error('a failure was expected', { cause: error });
}
