import { nanos, type NatsConnection } from '@nats-io/transport-node';
import { fact, type Fact } from '@kraty/contracts/messages';
import { Injectable } from '@nestjs/common';
import { uuidV7 } from '../ids/index.js';
import { eventually } from '../messaging/eventually.fixture.js';
import { durableName } from './consumer-name.js';
import { FactsWorld } from './facts-world.fixture.js';
import { HandleFacts } from './handle-facts.js';
import { deliveriesMax } from './judge.js';
import { streamOf } from './streams.js';

const debited = fact<{ amount: number }>('economy', 'wallet', 'debited', 'change');
const scope = { studioId: 's', gameId: 'g', environment: 'live' } as const;

@Injectable()
class DebitReader {
  readonly amounts: number[] = [];

  @HandleFacts(debited)
  async apply(facts: Fact<{ amount: number }>[]): Promise<void> {
    this.amounts.push(...facts.map(({ payload }) => payload.amount));
  }
}

describe('a fact that was handed out and given back', () => {
  let world: FactsWorld;

  beforeAll(async () => {
    world = await FactsWorld.start();
  });

  afterAll(() => world.stop());

  /** What a consumer does that is stopped, killed or cut off before it has looked at the fact. */
  async function takeAndGiveBack(nats: NatsConnection): Promise<void> {
    const durable = durableName('grants', debited);
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${streamOf('economy')}.${durable}`;
    const ask = JSON.stringify({ batch: 1, expires: nanos(30_000) });
    // What is pulled arrives under the fact's subject, which the shared inbox of requests would not recognize.
    const message = await nats.request(subject, ask, { timeout: 31_000, noMux: true });
    expect(message.subject).toBe(debited.subject);
    message.respond('-NAK');
  }

  it('comes again, more often than a failing one would be tried', async () => {
    const economy = await world.service('economy');
    const leaving = await world.service('grants', [DebitReader]);
    await leaving.stop();
    const debit = { type: debited, scope, aggregateId: uuidV7(), revision: 1, payload: { amount: 3 } };
    await economy.facts.outbox.carry(
      await economy.database.transaction((tx) => economy.facts.outbox.stage(tx, [debit])),
    );
    for (let times = 0; times < deliveriesMax + 2; times += 1) await takeAndGiveBack(economy.link.nats);

    const reader = new DebitReader();
    await world.service('grants', [{ provide: DebitReader, useValue: reader }], leaving);
    await eventually(() => expect(reader.amounts).toEqual([3]));
  });
});
