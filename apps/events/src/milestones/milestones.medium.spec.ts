import { attemptCompleted, milestoneReached } from '@kraty/contracts/events';
import { Outbox } from '@kraty/platform/facts';
import { eventually } from '@kraty/testing/harness';
import { crabSprint, EventsWorld, refusal } from '../events-world.fixture.js';
import { GrantsDouble, patienceMs, waitForGrants } from './grants-double.fixture.js';

let world: EventsWorld;
let grants: GrantsDouble;

/** While grants are held the wait for them is in vain. Milliseconds. */
const impatienceMs = 250;
let waitMs = patienceMs;

const milestone = (key: string, threshold: number) => ({
  key,
  metricKey: 'kills',
  threshold,
  entries: [{ type: 'currency' as const, currencyKey: 'pearls', amount: 5 }],
});

beforeAll(async () => {
  world = await EventsWorld.start('2026-06-01T12:00:00Z', ['grants']);
  grants = await new GrantsDouble(world.ground).started();
  waitForGrants(world.service(Outbox), () => waitMs);
  world.hear(milestoneReached as never, attemptCompleted as never);
  const metrics = [{ key: 'kills', cap: 10, target: 20, resetOn: { metricKey: 'deaths' } }, { key: 'deaths' }];
  const milestoneRewards = [milestone('kills_15', 15), milestone('kills_5', 5)];
  await world.configure(crabSprint({ metrics, milestoneRewards }), crabSprint({ key: 'plain' }));
});

afterAll(async () => {
  await grants.stop();
  await world.stop();
});

const keysOf = ({ data }: { data: { milestonesFired: { key: string }[] } }) =>
  data.milestonesFired.map(({ key }) => key);

describe('a milestone', () => {
  it('is in the reply with its grants, by threshold, and only once an attempt', async () => {
    const player = world.player('ada');
    const attempt = await world.started(player, 'crab_sprint');
    expect(keysOf(await world.progress(player, attempt, { kills: 3 }))).toEqual([]);
    const { data } = await world.progress(player, attempt, { kills: 14 });
    expect(data.milestonesFired).toEqual([
      { key: 'kills_5', grants: grants.payouts.get(`milestone:${attempt.id}:kills_5`) },
      { key: 'kills_15', grants: grants.payouts.get(`milestone:${attempt.id}:kills_15`) },
    ]);
    expect(data.milestonesFired[0]?.grants).toMatchObject([{ sourceRefId: attempt.id }]);
    await world.progress(player, attempt, { deaths: 1 });
    expect(keysOf(await world.progress(player, attempt, { kills: 18 }))).toEqual([]);
    await eventually(() => expect(world.heard(milestoneReached, attempt.id)).toHaveLength(2));
  });

  it('fires again in the next attempt', async () => {
    const player = world.player('bea');
    const first = await world.started(player, 'crab_sprint');
    await world.progress(player, first, { kills: 5 });
    await world.finish(player, first);
    const second = await world.started(player, 'crab_sprint');
    expect(keysOf(await world.progress(player, second, { kills: 5 }))).toEqual(['kills_5']);
  });

  it('fires on the completing write, told before the completion', async () => {
    const player = world.player('cleo');
    const attempt = await world.started(player, 'crab_sprint');
    const done = await world.progress(player, attempt, { kills: 20 }, { mode: 'set' });
    expect([done.data.attempt.status, keysOf(done)]).toEqual(['completed', ['kills_5', 'kills_15']]);
    const [{ place } = {}] = await world.rows(
      `select (select max(seq) from outbox where subject = $1 and payload like $3)
              < (select min(seq) from outbox where subject = $2 and payload like $3) as place`,
      [milestoneReached.subject, attemptCompleted.subject, `%${attempt.id}%`],
    );
    expect(place).toBe(true);
  });

  it('asks grants nothing where no milestone is reached', async () => {
    const player = world.player('dora');
    const attempt = await world.started(player, 'plain');
    const before = grants.asked.length;
    await world.progress(player, attempt, { shells: 50 }, { eventKey: 'plain' });
    expect(grants.asked).toHaveLength(before);
  });
});

describe('a replay', () => {
  it('repeats the same list, whatever has become of the grants', async () => {
    const player = world.player('elsa');
    const attempt = await world.started(player, 'crab_sprint');
    const first = await world.progress(player, attempt, { kills: 6 }, { key: 'm-1' });
    const payoutKey = `milestone:${attempt.id}:kills_5`;
    expect(first.data.milestonesFired[0]?.grants).toEqual(grants.payouts.get(payoutKey));
    grants.payouts.set(payoutKey, [{ ...grants.payouts.get(payoutKey)![0]!, status: 'claimed' }]);
    expect(await world.progress(player, attempt, { kills: 6 }, { key: 'm-1' })).toEqual({ ...first, replayed: true });
  });

  it('of a call whose grants were late completes the list, and then keeps it', async () => {
    const player = world.player('fay');
    const attempt = await world.started(player, 'crab_sprint');
    grants.hold();
    waitMs = impatienceMs;
    const late = await world.progress(player, attempt, { kills: 6 }, { key: 'm-2' });
    waitMs = patienceMs;
    expect(late.data.milestonesFired).toEqual([{ key: 'kills_5' }]);
    grants.letGo();
    const payoutKey = `milestone:${attempt.id}:kills_5`;
    await eventually(() => expect(grants.payouts.has(payoutKey)).toBe(true));

    const completed = await world.progress(player, attempt, { kills: 6 }, { key: 'm-2' });
    expect(completed.replayed).toBe(true);
    expect(completed.data).toEqual({
      ...late.data,
      milestonesFired: [{ key: 'kills_5', grants: grants.payouts.get(payoutKey) }],
    });
    grants.payouts.delete(payoutKey);
    expect(await world.progress(player, attempt, { kills: 6 }, { key: 'm-2' })).toEqual(completed);
  });
});

describe('races', () => {
  it('of writers that cross the same threshold fire it once', async () => {
    const player = world.player('gil');
    const attempt = await world.started(player, 'crab_sprint');
    const replies = await Promise.all(
      Array.from({ length: 40 }, () => world.progress(player, attempt, { kills: 0.25 })),
    );
    expect(replies.flatMap(keysOf)).toEqual(['kills_5']);
    await eventually(() => expect(world.heard(milestoneReached, attempt.id)).toHaveLength(1));
  });

  it('of twins give all of them the same list', async () => {
    const player = world.player('hal');
    const attempt = await world.started(player, 'crab_sprint');
    const twins = await Promise.all(
      Array.from({ length: 20 }, () => world.progress(player, attempt, { kills: 16 }, { key: 'twin' })),
    );
    const [first] = twins;
    expect(first?.data.milestonesFired.map(({ grants: given }) => given?.length)).toEqual([1, 1]);
    for (const twin of twins) expect(twin.data).toEqual(first?.data);
    expect(twins.filter(({ replayed }) => !replayed)).toHaveLength(1);
  });
});

describe('a transaction that fails after the batch was judged', () => {
  it('leaves nothing, and the repeated call fires what the first did not', async () => {
    const player = world.player('ida');
    const attempt = await world.started(player, 'crab_sprint');
    await world.rows(`alter table outbox add constraint nothing_told check (false) not valid`);
    try {
      const failed = await refusal(world.progress(player, attempt, { kills: 7 }, { key: 'crash' }));
      expect(failed.status).toBe(500);
    } finally {
      await world.rows(`alter table outbox drop constraint nothing_told`);
    }
    const [row] = await world.rows('select progress_count, fired_milestones from attempt where id = $1', [attempt.id]);
    expect(row).toEqual({ progress_count: 0, fired_milestones: null });
    const again = await world.progress(player, attempt, { kills: 7 }, { key: 'crash' });
    expect([again.replayed, again.data.attempt.score, keysOf(again)]).toEqual([false, 7, ['kills_5']]);
    await eventually(() => expect(world.heard(milestoneReached, attempt.id)).toHaveLength(1));
  });
});
