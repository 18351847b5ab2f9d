import { randomUUID } from 'node:crypto';
import { Controller, Module } from '@nestjs/common';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import {
  applyOperation,
  holdingChanged,
  progressWallet,
  type ApplyOperation,
  type HoldingChanged,
} from '@kraty/contracts/economy';
import type { Fact } from '@kraty/contracts/messages';
import { defineService, startService, type RunningService } from '@kraty/platform/bootstrap';
import { ServiceConfiguration } from '@kraty/platform/configuration';
import { HandleFacts, Outbox } from '@kraty/platform/facts';
import { EconomyWorld, gold } from '../testing/economy-world.fixture.js';

/** Longer than a busy machine stalls. Milliseconds. */
const boardsWithinMs = 20_000;

/** Boards that rank by a progression follow it before the answer (06 §13); nobody waits for anything else. */
let arrived: () => void = () => undefined;
let gate: Promise<void> = Promise.resolve();

@Controller()
class Boards {
  @HandleFacts(holdingChanged, { batch: 200 })
  async apply(facts: Fact<HoldingChanged>[]): Promise<void> {
    if (facts.some(({ payload }) => payload.key === 'xp')) arrived();
    await gate;
  }
}

@Module({ controllers: [Boards] })
class BoardsDouble {}

let world: EconomyWorld;
let boards: RunningService;

beforeAll(async () => {
  world = await EconomyWorld.start();
  const definition = defineService({ name: 'leaderboards', module: BoardsDouble, configuration: ServiceConfiguration });
  const environment = world.ground.environment('economy');
  boards = await startService(definition, { environment });
  waitForBoards(world.provider(Outbox));
});

afterAll(async () => {
  await boards.stop();
  await world.stop();
});

describe('a progression that boards rank by', () => {
  it('has reached them when the call is answered, while a plain currency waits for nobody', async () => {
    const xp = { key: 'xp', name: 'Experience', kind: 'progression' as const, clientWritable: true };
    const scope = await world.game({ currencies: [gold, xp] });
    let open: () => void = () => undefined;
    gate = new Promise((resolve) => (open = resolve));
    const onTheWay = new Promise<void>((resolve) => (arrived = resolve));
    const common = { scope, player: world.newPlayer(), economyKey: 'xp', reason: null, idempotency: null };
    let isAnswered = false;
    const answer = world.messenger.request(progressWallet, { ...common, amount: 1 }).then(() => (isAnswered = true));
    try {
      await onTheWay;
      await world.messenger.request(applyOperation, goldFor(scope, world.newPlayer()));
      expect(isAnswered).toBe(false);
    } finally {
      open();
    }
    await answer;
  });
});

/** The wait is a courtesy of 250 ms, which a slow machine may outlast. */
function waitForBoards(outbox: Outbox): void {
  const carry = outbox.carry.bind(outbox);
  outbox.carry = (staged, options) => carry(staged, { ...options, withinMs: boardsWithinMs });
}

function goldFor(scope: Scope, { playerId, externalPlayerId }: PlayerRef): ApplyOperation {
  return {
    ...{ scope, playerId, externalPlayerId, operationId: randomUUID() },
    deltas: [{ type: 'economy', key: 'gold', delta: 1 }],
    ...{ reason: 'progress', sourceRefId: null, origin: 'engine', actor: 'system' },
  };
}
