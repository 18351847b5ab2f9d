import type { Availability, Condition } from '@kraty/contracts/events';
import type { PlayerRef } from '@kraty/contracts/common';
import { EconomyDouble } from '../entry-cost/economy-double.fixture.js';
import { crabSprint, EventsWorld, refusal } from '../events-world.fixture.js';
import { IdentityDouble } from './identity-double.fixture.js';

let world: EventsWorld;
let economy: EconomyDouble;
let identity: IdentityDouble;

const daily: Availability = {
  mode: 'recurring_windows',
  timezone: 'UTC',
  windows: [{ startTime: '10:00', durationSeconds: 14_400 }],
};
const once = (eventKey: string, within?: 'current_window'): Condition =>
  within === undefined
    ? { type: 'completed_event_at_least_once', eventKey }
    : { type: 'completed_event_at_least_once', eventKey, within };
const gated = (key: string, entryRequirement: Condition) => crabSprint({ key, entryRequirement });

beforeAll(async () => {
  world = await EventsWorld.start('2026-06-01T12:00:00Z', ['economy', 'identity']);
  economy = await new EconomyDouble().start(world.ground);
  identity = await new IdentityDouble().start(world.ground);
  await world.configure(
    crabSprint({ key: 'quest', metrics: [{ key: 'shells', target: 5 }], availability: daily }),
    crabSprint({
      key: 'one_win',
      availability: daily,
      metrics: [{ key: 'shells', target: 5 }],
      entryRequirement: { type: 'not', condition: once('one_win', 'current_window') },
    }),
    gated('veterans', { type: 'completed_event_times_at_least', eventKey: 'quest', count: 2 }),
    gated('owners', {
      type: 'and',
      conditions: [
        { type: 'has_item', itemKey: 'bait', quantity: 2 },
        { type: 'currency_at_least', currencyKey: 'pearls', amount: 10 },
      ],
    }),
    gated('locals', { type: 'country_in', countries: ['PT'] }),
    gated('old_hands', { type: 'player_age_at_least', seconds: 3_600 }),
    gated('hard_mode', { type: 'context_equals', key: 'mode', value: 'hard' }),
    crabSprint({
      key: 'secret',
      unlockCondition: { type: 'or', conditions: [once('quest'), { type: 'has_item', itemKey: 'bait' }] },
    }),
    crabSprint({ key: 'broken' }),
  );
});

afterAll(async () => {
  await economy.stop();
  await identity.stop();
  await world.stop();
});

beforeEach(() => world.now('2026-06-01T12:00:00Z'));

async function win(player: PlayerRef, eventKey: string): Promise<void> {
  await world.progress(player, await world.started(player, eventKey), { shells: 5 }, { eventKey });
}
const startStatus = async (player: PlayerRef, eventKey: string) => (await world.start(player, eventKey)).status;
const listedKeys = async (player: PlayerRef | null) => (await world.list(player)).map(({ eventKey }) => eventKey);

describe('one win a cycle', () => {
  it('lets in until the event is completed, and again in the next window', async () => {
    const player = world.player('mira');
    const attempt = await world.started(player, 'one_win');
    await world.finish(player, attempt, { eventKey: 'one_win' });
    await win(player, 'one_win');
    expect(await refusal(world.start(player, 'one_win'))).toMatchObject({
      code: 'entry_requirement_failed',
      status: 403,
      details: { failedType: 'not', path: '' },
    });
    world.now('2026-06-02T10:00:00Z');
    expect(await startStatus(player, 'one_win')).toBe(201);
  });
});

describe('completions', () => {
  it('count over a lifetime, forced ones too, and those that expired do not', async () => {
    const player = world.player('noor');
    await win(player, 'quest');
    const short = await world.started(player, 'quest');
    await world.finish(player, short, { eventKey: 'quest' });
    expect(await refusal(world.start(player, 'veterans'))).toMatchObject({
      details: { failedType: 'completed_event_times_at_least', eventKey: 'quest', count: 2, path: '' },
    });
    await world.rows(`update attempt set status = 'force_completed' where id = $1`, [short.id]);
    expect(await startStatus(player, 'veterans')).toBe(201);
  });
});

describe('what a player holds', () => {
  it('is asked for once, and the first branch that fails is named', async () => {
    const player = world.player('otto');
    economy.give(player.playerId, { bait: 2, pearls: 9 });
    const looks = economy.looks.length;
    expect(await refusal(world.start(player, 'owners'))).toMatchObject({
      code: 'entry_requirement_failed',
      details: { failedType: 'currency_at_least', currencyKey: 'pearls', amount: 10, path: 'conditions[1]' },
    });
    expect(economy.looks.slice(looks)).toEqual([['bait', 'pearls']]);
    economy.give(player.playerId, { pearls: 10 });
    expect(await startStatus(player, 'owners')).toBe(201);
  });

  it('lets nobody in while the economy is away, and is not asked for by others', async () => {
    const player = world.player('pia');
    economy.isDown = true;
    expect(await refusal(world.start(player, 'owners'))).toMatchObject({ status: 503 });
    expect(await startStatus(player, 'quest')).toBe(201);
    economy.isDown = false;
  });
});

describe('who a player is', () => {
  it('is what identity knows, not what the client says', async () => {
    const [local, stranger] = [world.player('quin'), world.player('rosa')];
    identity.traits.set(local.playerId, { country: 'PT', firstSeenAt: '2026-06-01T11:00:00.000Z' });
    identity.traits.set(stranger.playerId, { country: null, firstSeenAt: '2026-06-01T11:00:00.001Z' });
    expect(await startStatus(local, 'locals')).toBe(201);
    expect(await startStatus(local, 'old_hands')).toBe(201);
    const claiming = world.start(stranger, 'locals', { playerContext: { country: 'PT' } });
    expect(await refusal(claiming)).toMatchObject({ details: { failedType: 'country_in', countries: ['PT'] } });
    expect(await refusal(world.start(stranger, 'old_hands'))).toMatchObject({ code: 'entry_requirement_failed' });
  });
});

describe('the context', () => {
  it('is that of the request, and the last one where the request says nothing', async () => {
    const player = world.player('sara');
    expect(await refusal(world.start(player, 'hard_mode'))).toMatchObject({ code: 'entry_requirement_failed' });
    await world.start(player, 'quest', { playerContext: { mode: 'hard' } });
    const soft = world.start(player, 'hard_mode', { playerContext: { mode: 'soft' } });
    expect(await refusal(soft)).toMatchObject({ code: 'entry_requirement_failed' });
    const attempt = (await world.start(player, 'hard_mode', { playerContext: { level: 3 } })).data.attempt;
    const [stored] = await world.rows('select player_context from attempt where id = $1', [attempt.id]);
    expect(stored).toEqual({ player_context: { level: 3 } });
  });
});

describe('an event that is locked', () => {
  it('is not listed and cannot be started, until its condition holds', async () => {
    const player = world.player('tom');
    expect(await listedKeys(player)).not.toContain('secret');
    expect(await listedKeys(null)).not.toContain('secret');
    expect(await refusal(world.start(player, 'secret'))).toMatchObject({
      code: 'unlock_condition_failed',
      status: 403,
      details: { failedType: 'or', path: '' },
    });
    economy.give(player.playerId, { bait: 1 });
    expect(await listedKeys(player)).toContain('secret');
    expect(await startStatus(player, 'secret')).toBe(201);
  });

  it('shows what it asks for to those who do not have it', async () => {
    const listed = (await world.list(world.player('uli'))).find(({ eventKey }) => eventKey === 'locals');
    expect(listed?.entryRequirement).toEqual({ type: 'country_in', countries: ['PT'] });
  });
});

describe('a tree that cannot be read', () => {
  it('is an error of ours, and hides the event', async () => {
    const player = world.player('vera');
    const spoil = (field: string) =>
      world.rows(
        `update event_revision r set configuration = r.configuration - 'unlockCondition' - 'entryRequirement' ||
                jsonb_build_object($1::text, '{"type":"sometimes"}'::jsonb)
           from event e where e.id = r.event_id and e.key = 'broken'`,
        [field],
      );
    // A revision never changes but in this test, so only another process reads it anew.
    await spoil('entryRequirement');
    await world.downUntil('2026-06-01T12:10:00Z');
    expect(await refusal(world.start(player, 'broken'))).toMatchObject({
      code: 'invalid_entry_requirement',
      status: 500,
    });
    await spoil('unlockCondition');
    await world.downUntil('2026-06-01T12:30:00Z');
    expect(await refusal(world.start(player, 'broken'))).toMatchObject({
      code: 'invalid_unlock_condition',
      status: 500,
    });
    expect(await listedKeys(player)).not.toContain('broken');
  });
});
