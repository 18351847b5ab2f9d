import type { PlayerRef } from '@kraty/contracts/common';
import type { Availability } from '@kraty/contracts/events';
import { busy } from '@kraty/platform/errors';
import { eventually } from '@kraty/testing/harness';
import { crabSprint, EventsWorld, refusal } from '../events-world.fixture.js';
import { EconomyDouble } from './economy-double.fixture.js';

let world: EventsWorld;
let economy: EconomyDouble;

const cost = { currencies: [{ key: 'pearls', amount: 50 }], items: [{ key: 'bait', quantity: 1 }] };
const day: Availability = {
  mode: 'recurring_windows',
  timezone: 'UTC',
  windows: [{ startTime: '10:00', durationSeconds: 14_400 }],
};

beforeAll(async () => {
  world = await EventsWorld.start('2026-06-01T12:00:00Z', ['economy']);
  economy = await new EconomyDouble().start(world.ground);
  await world.configure(
    crabSprint({ key: 'hunt', availability: day, entryCost: cost }),
    crabSprint({
      key: 'gated',
      availability: day,
      entryCost: cost,
      entryRequirement: { type: 'currency_at_least', currencyKey: 'pearls', amount: 50 },
    }),
    crabSprint({ key: 'stopped', availability: day, entryCost: cost }),
    crabSprint({ key: 'once', availability: day, entryCost: cost, attempt: { maxAttemptsPerWindow: 1 } }),
  );
});

afterAll(async () => {
  await economy.stop();
  await world.stop();
});

beforeEach(() => {
  world.now('2026-06-01T12:00:00Z');
  economy.isDown = false;
  economy.afterApply = () => undefined;
});

function rich(name: string, holds = { pearls: 60, bait: 2 }): PlayerRef {
  const player = world.player(name);
  economy.give(player.playerId, holds);
  return player;
}

/** A promise that somebody else keeps. */
function gate(): { held: Promise<void>; release: () => void } {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  return { held, release };
}

const left = ({ playerId }: PlayerRef) => [economy.balance(playerId, 'pearls'), economy.balance(playerId, 'bait')];
const attempts = ({ playerId }: PlayerRef) => world.rows('select id from attempt where player_id = $1', [playerId]);
const charges = ({ playerId }: PlayerRef) =>
  world.rows('select n, state, attempt_id from entry_charge where player_id = $1 order by n', [playerId]);
const ledgerOf = ({ playerId }: PlayerRef) => economy.ledger.filter((operation) => operation.includes(playerId));

describe('an entry cost', () => {
  it('is taken with the attempt, once a window, whatever is started and finished in it', async () => {
    const player = rich('mira');
    const attempt = await world.started(player, 'hunt');
    expect(left(player)).toEqual([10, 1]);
    const operationId = `entry:${attempt.eventWindowId}:${player.playerId}:c1`;
    expect(economy.applied.get(operationId)).toMatchObject({
      scope: world.scope,
      externalPlayerId: 'mira',
      reason: 'entry_cost',
      origin: 'client',
      sourceRefId: attempt.id,
      deltas: [
        { type: 'economy', key: 'pearls', delta: -50 },
        { type: 'item', key: 'bait', delta: -1 },
      ],
    });
    expect((await world.start(player, 'hunt', { key: 'again' })).status).toBe(200);
    await world.finish(player, attempt, { eventKey: 'hunt' });
    expect((await world.start(player, 'hunt')).status).toBe(201);
    expect(left(player)).toEqual([10, 1]);
    expect(await charges(player)).toMatchObject([{ n: 1, state: 'used', attempt_id: attempt.id }]);
  });

  it('is taken anew in the next window', async () => {
    const player = rich('noor', { pearls: 100, bait: 2 });
    await world.started(player, 'hunt');
    world.now('2026-06-02T12:00:00Z');
    await world.started(player, 'hunt');
    expect(left(player)).toEqual([0, 0]);
  });

  it.each([
    [
      { pearls: 30, bait: 2 },
      { resource: 'pearls', needed: 50, have: 30 },
    ],
    [
      { pearls: 60, bait: 0 },
      { resource: 'bait', needed: 1, have: 0 },
    ],
  ])('that is not within reach leaves everything as it was: %j', async (holds, details) => {
    const player = rich('otto', holds);
    expect(await refusal(world.start(player, 'hunt'))).toMatchObject({
      code: 'insufficient_entry_cost',
      status: 402,
      message: `not enough ${details.resource} to enter — need ${details.needed}`,
      details: { ...details, shortfalls: [details] },
    });
    expect(left(player)).toEqual([holds.pearls, holds.bait]);
    expect(await attempts(player)).toEqual([]);
    expect(await charges(player)).toEqual([]);
  });

  it('is taken once by five parallel starts', async () => {
    const player = rich('pia');
    const keys = ['a', 'b', 'b', undefined, undefined];
    const answers = await Promise.all(keys.map((key) => world.start(player, 'hunt', key === undefined ? {} : { key })));
    expect(new Set(answers.map(({ data }) => data.attempt.id)).size).toBe(1);
    expect(answers.filter(({ status, replayed }) => status === 201 && !replayed)).toHaveLength(1);
    expect(left(player)).toEqual([10, 1]);
    expect(ledgerOf(player)).toHaveLength(1);
  });

  it('taken by a rival start between look and gate refuses nobody, though nothing is left', async () => {
    const player = rich('zoe', { pearls: 50, bait: 1 });
    const read = EconomyDouble.prototype.amounts;
    let rival: Promise<unknown> | undefined;
    const { release, held } = gate();
    // Both are held when they have paid: the rival's attempt does not exist while this one judges and pays.
    let paid = 0;
    economy.afterApply = () => {
      paid += 1;
      if (paid === 2) release();
      return held;
    };
    economy.amountsLater = async (playerId, resources) => {
      // The rival is let go as far as its charge; only then this one is told what the player holds.
      if (rival === undefined) {
        rival = world.start(player, 'gated');
        await eventually(() => expect(ledgerOf(player)).toHaveLength(1));
      }
      return read.call(economy, playerId, resources);
    };
    const late = await world.start(player, 'gated');
    economy.amountsLater = null;
    const first = (await rival) as typeof late;
    expect(late.data.attempt.id).toBe(first.data.attempt.id);
    expect([late.status, first.status].sort()).toEqual([200, 201]);
    expect(left(player)).toEqual([0, 0]);
    expect(ledgerOf(player)).toHaveLength(1);
  });

  it('spent elsewhere between look and charge is refused by the economy, and nothing stays', async () => {
    const player = rich('quin');
    const spend = EconomyDouble.prototype.apply;
    economy.apply = async (command) => {
      economy.give(player.playerId, { pearls: 0 });
      return spend.call(economy, command);
    };
    expect(await refusal(world.start(player, 'hunt'))).toMatchObject({ code: 'insufficient_entry_cost', status: 402 });
    economy.apply = spend;
    expect(await attempts(player)).toEqual([]);
    expect(await charges(player)).toMatchObject([{ n: 1, state: 'reversed' }]);
    economy.give(player.playerId, { pearls: 50 });
    expect((await world.start(player, 'hunt')).status).toBe(201);
    expect(left(player)).toEqual([0, 1]);
  });
});

describe('a charge that the economy has refused', () => {
  it('opens no gate for the next start', async () => {
    const player = rich('rita');
    const spend = EconomyDouble.prototype.apply;
    economy.apply = async (command) => {
      economy.give(player.playerId, { pearls: 0 });
      return spend.call(economy, command);
    };
    expect(await refusal(world.start(player, 'gated'))).toMatchObject({ code: 'insufficient_entry_cost' });
    economy.apply = spend;
    expect(await refusal(world.start(player, 'gated'))).toMatchObject({ code: 'entry_requirement_failed' });
    expect(ledgerOf(player)).toEqual([]);
  });

  it('is given up by the next start when the economy did not hear of it', async () => {
    const player = rich('sven');
    const spend = EconomyDouble.prototype.apply;
    economy.apply = async (command) => {
      economy.give(player.playerId, { pearls: 0 });
      const refused = spend.call(economy, command);
      economy.isDown = true;
      return refused;
    };
    expect(await refusal(world.start(player, 'gated'))).toMatchObject({ code: 'insufficient_entry_cost' });
    economy.apply = spend;
    economy.isDown = false;
    expect(await charges(player)).toMatchObject([{ n: 1, state: 'reversing' }]);
    economy.give(player.playerId, { pearls: 50 });
    expect((await world.start(player, 'gated')).status).toBe(201);
    expect(await charges(player)).toMatchObject([
      { n: 1, state: 'reversed' },
      { n: 2, state: 'used' },
    ]);
    expect(left(player)).toEqual([0, 1]);
  });
});

describe('a start that dies on the way', () => {
  it('before the economy was asked: nothing is taken, and the charge is given up after a minute', async () => {
    const player = rich('rosa');
    economy.apply = () => Promise.reject(busy());
    expect(await refusal(world.start(player, 'hunt'))).toMatchObject({ status: 503 });
    economy.apply = EconomyDouble.prototype.apply;
    expect(await charges(player)).toMatchObject([{ n: 1, state: 'open' }]);
    world.now('2026-06-01T12:00:59Z');
    await world.chargesRun();
    expect(await charges(player)).toMatchObject([{ n: 1, state: 'open' }]);
    world.now('2026-06-01T12:01:00Z');
    await world.chargesRun();
    expect(await charges(player)).toMatchObject([{ n: 1, state: 'reversed' }]);
    expect(left(player)).toEqual([60, 2]);

    await world.started(player, 'hunt');
    expect(await charges(player)).toMatchObject([{ state: 'reversed' }, { n: 2, state: 'used' }]);
    expect(left(player)).toEqual([10, 1]);
  });

  it('after the economy has taken it: the next start uses it', async () => {
    const player = rich('sara', { pearls: 50, bait: 1 });
    economy.afterApply = () => {
      throw busy();
    };
    expect(await refusal(world.start(player, 'hunt', { key: 's-1' }))).toMatchObject({ status: 503 });
    expect(left(player)).toEqual([0, 0]);
    economy.afterApply = () => undefined;
    const { status, data } = await world.start(player, 'hunt', { key: 's-1' });
    expect(status).toBe(201);
    expect(ledgerOf(player)).toHaveLength(1);
    expect(economy.applied.get(ledgerOf(player)[0]!)?.sourceRefId).toBe(data.attempt.id);
  });

  it('after the economy has taken it, for good: everything comes back', async () => {
    const player = rich('tom');
    economy.afterApply = () => {
      throw busy();
    };
    expect(await refusal(world.start(player, 'hunt'))).toMatchObject({ status: 503 });
    expect(left(player)).toEqual([10, 1]);
    economy.isDown = true;
    world.now('2026-06-01T12:02:00Z');
    await world.chargesRun();
    expect(await charges(player)).toMatchObject([{ state: 'reversing' }]);
    economy.isDown = false;
    world.now('2026-06-01T12:03:00Z');
    await world.chargesRun();
    await world.chargesRun();
    expect(left(player)).toEqual([60, 2]);
    expect(ledgerOf(player)).toHaveLength(2);
    expect(await attempts(player)).toEqual([]);
  });

  it('while its charge is given back: it pays the next one, and one only', async () => {
    const player = rich('uli');
    let round = 0;
    economy.afterApply = async () => {
      round += 1;
      if (round > 1) return;
      world.now('2026-06-01T12:05:00Z');
      await world.chargesRun();
    };
    expect((await world.start(player, 'hunt')).status).toBe(201);
    expect(left(player)).toEqual([10, 1]);
    expect(await charges(player)).toMatchObject([
      { n: 1, state: 'reversed' },
      { n: 2, state: 'used' },
    ]);
    const [first, , second] = ledgerOf(player);
    expect(ledgerOf(player)).toEqual([first, `refund:${first}`, second]);
  });

  it('with a reversal half done: the next start ends it first', async () => {
    const player = rich('vera');
    economy.afterApply = () => {
      throw busy();
    };
    await refusal(world.start(player, 'hunt'));
    economy.isDown = true;
    world.now('2026-06-01T12:02:00Z');
    await world.chargesRun();
    expect(await refusal(world.start(player, 'hunt'))).toMatchObject({ status: 503 });
    economy.isDown = false;
    economy.afterApply = () => undefined;
    expect((await world.start(player, 'hunt')).status).toBe(201);
    expect(left(player)).toEqual([10, 1]);
    expect(ledgerOf(player)).toHaveLength(3);
  });
});

describe('a start that is refused after it has paid', () => {
  it('gets everything back at once when the window closes', async () => {
    world.now('2026-06-05T12:00:00Z');
    const player = rich('wim');
    economy.afterApply = () => world.now('2026-06-05T14:00:00Z');
    expect(await refusal(world.start(player, 'hunt'))).toMatchObject({ code: 'no_active_window' });
    expect(left(player)).toEqual([60, 2]);
    expect(await charges(player)).toMatchObject([{ n: 1, state: 'reversed' }]);
    expect(await attempts(player)).toEqual([]);
  });

  it('gets everything back at once when its event is paused meanwhile', async () => {
    const player = rich('zoe');
    economy.afterApply = async () =>
      void (await world.rows(`update event set status = 'paused' where key = 'stopped'`));
    expect(await refusal(world.start(player, 'stopped'))).toMatchObject({ code: 'event_disabled' });
    expect(left(player)).toEqual([60, 2]);
    expect(await attempts(player)).toEqual([]);
  });

  it('leaves the attempt of a rival start paid for', async () => {
    const player = rich('xena');
    let isFirst = true;
    economy.afterApply = async () => {
      if (!isFirst) return;
      isFirst = false;
      const rival = await world.started(player, 'once');
      await world.finish(player, rival, { eventKey: 'once' });
    };
    expect(await refusal(world.start(player, 'once'))).toMatchObject({ code: 'max_attempts_reached' });
    expect(left(player)).toEqual([10, 1]);
    expect(await charges(player)).toMatchObject([{ n: 1, state: 'used' }]);
  });
});

describe('the economy', () => {
  it('is not asked for a start that hands back, nor for one that has paid', async () => {
    const player = rich('yara');
    const attempt = await world.started(player, 'hunt');
    economy.isDown = true;
    expect((await world.start(player, 'hunt')).status).toBe(200);
    await world.finish(player, attempt, { eventKey: 'hunt' });
    expect((await world.start(player, 'hunt')).status).toBe(201);
  });
});
