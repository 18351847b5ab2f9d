import { fact, type Fact } from '@kraty/contracts/messages';
import { Injectable } from '@nestjs/common';
import { uuidV7 } from '../ids/index.js';
import { eventually } from '../messaging/eventually.fixture.js';
import { FactsWorld, type Player } from './facts-world.fixture.js';
import { HandleFacts } from './handle-facts.js';

const debited = fact<{ amount: number }>('economy', 'wallet', 'debited', 'change');
const credited = fact<{ amount: number }>('economy', 'wallet', 'credited', 'change');
const scope = { studioId: 's', gameId: 'g', environment: 'live' } as const;

/** Holds facts back until the spec lets them go. */
@Injectable()
class HesitantReader {
  begun = 0;
  others = 0;
  private open: () => void = () => undefined;
  private readonly gate = new Promise<void>((resolve) => (this.open = resolve));

  @HandleFacts(debited, { batch: 1 })
  async apply(_facts: Fact<{ amount: number }>[]): Promise<void> {
    this.begun += 1;
    await this.gate;
  }

  @HandleFacts(credited)
  async applyOther(facts: Fact<{ amount: number }>[]): Promise<void> {
    this.others += facts.length;
  }

  letGo(): void {
    this.open();
  }
}

describe('how far a service is behind', () => {
  let world: FactsWorld;

  beforeAll(async () => {
    world = await FactsWorld.start();
  });

  afterAll(() => world.stop());

  async function publish({ facts, database }: Player, type: typeof debited): Promise<void> {
    const news = { type, scope, aggregateId: uuidV7(), revision: 1, payload: { amount: 1 } };
    await facts.outbox.carry(await database.transaction((tx) => facts.outbox.stage(tx, [news])));
  }

  it('is told by the oldest fact that it has not settled, whatever else is through', async () => {
    const economy = await world.service('economy');
    const reader = new HesitantReader();
    const { facts } = await world.service('grants', [{ provide: HesitantReader, useValue: reader }]);
    expect(await facts.backlog.oldestMs([debited, credited])).toBe(Infinity);

    await publish(economy, credited);
    // Applied is not settled yet: until the broker has heard of it, it is the oldest.
    await eventually(() => expect(reader.others).toBe(1));
    await eventually(async () => expect(await facts.backlog.oldestMs([credited])).toBe(Infinity));
    const beganMs = Date.now();
    await publish(economy, debited);
    await eventually(() => expect(reader.begun).toBe(1));
    const firstMs = await facts.backlog.oldestMs([debited, credited]);
    expect(firstMs).toBeGreaterThanOrEqual(beganMs);
    await publish(economy, debited);
    expect(await facts.backlog.oldestMs([debited])).toBe(firstMs);

    reader.letGo();
    await eventually(async () => expect(await facts.backlog.oldestMs([debited, credited])).toBe(Infinity));
  });
});
