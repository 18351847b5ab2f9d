import { jetstreamManager, type JetStreamManager, type SeqMsgRequest } from '@nats-io/jetstream';
import type { Context } from '@kraty/contracts/common';
import type { FactType } from '@kraty/contracts/messages';
import type { NatsLink } from '../messaging/index.js';
import { durableName } from './consumer-name.js';
import { filterOf } from './envelopes.js';
import { streamOf } from './streams.js';

/** How far this service is behind with what others publish. */
export class FactBacklog {
  constructor(
    private readonly context: Context,
    private readonly link: NatsLink,
  ) {}

  /**
   * When the oldest fact of these types was published that this service has not settled, on any of its instances, by the
   * broker's clock; infinite when there is none. Fails when the broker cannot be asked, or has no such consumer.
   */
  async oldestMs(types: readonly FactType<unknown>[]): Promise<number> {
    const manager = await jetstreamManager(this.link.nats, { checkAPI: false });
    const oldest = await Promise.all(types.map((type) => this.oldestOf(manager, type)));
    return Math.min(Infinity, ...oldest);
  }

  private async oldestOf(manager: JetStreamManager, type: FactType<unknown>): Promise<number> {
    const stream = streamOf(type.context);
    const { num_pending, num_ack_pending, ack_floor } = await manager.consumers.info(
      stream,
      durableName(this.context, type),
    );
    if (num_pending + num_ack_pending === 0) return Infinity;
    const next: SeqMsgRequest & { next_by_subj: string } = {
      seq: ack_floor.stream_seq + 1,
      next_by_subj: filterOf(type),
    };
    const message = await manager.streams.getMessage(stream, next);
    return message?.time.getTime() ?? Infinity;
  }
}
