import type { Answer, Player, World } from '@kraty/testing/world';
import {
  atOnce,
  boardOf,
  data,
  expectError,
  expectInvalid,
  iso,
  progress,
  start,
  startWorld,
} from './client.fixture.js';
import type { Attempt, Reported } from './client.fixture.js';

const base = { status: 'scheduled', availability: { mode: 'always_on' }, attempt: { replayableDuringWindow: true } };
const event = (key: string, metrics: object[], more: object = {}) => ({ ...base, key, metrics, ...more });
const resetting = [{ key: 'streak', resetOn: { metricKey: 'losses' } }, { key: 'losses' }];
const twoTargets = [{ key: 'shells', target: 5 }, { key: 'crabs', target: 3 }, { key: 'notes' }];
const game = {
  events: [
    event('plain', [{ key: 'shells' }, { key: 'crabs', scorePerUnit: 10 }]),
    event('other', [{ key: 'shells' }]),
    event('streaks', resetting),
    event('triumph', [
      { key: 'streak', target: 5, capAtTarget: true, resetOn: { metricKey: 'losses' } },
      { key: 'losses' },
    ]),
    event('caps', [
      { key: 'coins', cap: 500 },
      { key: 'kills', target: 20, capAtTarget: true, scorePerUnit: 10 },
    ]),
    event('both_caps', [
      { key: 'a', cap: 3, target: 5, capAtTarget: true },
      { key: 'b', cap: 3, target: 5 },
      { key: 'c', target: 9 },
    ]),
    event('low_cap', [{ key: 'a', cap: 3, target: 5 }]),
    event('all', twoTargets),
    event('any', twoTargets, { completion: { rule: 'any_target' } }),
    event('single', [{ key: 'shells', target: 5 }]),
    event('chain', [
      { key: 'a', resetOn: { metricKey: 'b' } },
      { key: 'b', resetOn: { metricKey: 'c' } },
      { key: 'c', scorePerUnit: 2 },
    ]),
  ],
};

let world: World;
let mira: Player;

beforeAll(async () => {
  world = await startWorld(game);
  mira = await world.player('mira');
});

afterAll(async () => {
  await world.stop();
});

/** A fresh attempt of a player of its own. */
const fresh = async (key: string, who: string): Promise<(body: object) => Promise<Answer>> => {
  const player = await world.player(who);
  const attempt = await start(player, key);
  return (body) => progress(player, key, attempt, body);
};
const add = (metrics: object) => ({ mode: 'increment', metrics });
const set = (metrics: object) => ({ mode: 'set', metrics });
const attemptOf = (answer: Answer): Attempt => data<Reported>(answer).attempt;
const rawOf = (answer: Answer): Record<string, number> => attemptOf(answer).metricsRaw;

describe('02 §4 progress: body and reply', () => {
  it('200 with the whole attempt and milestonesFired [] when none', async () => {
    const attempt = await start(mira, 'plain');
    const answer = await progress(mira, 'plain', attempt, { mode: 'increment', metricValue: 3 });
    expect(data(answer)).toEqual({
      attempt: { ...attempt, metrics: { shells: 3, crabs: 0 }, metricsRaw: { shells: 3, crabs: 0 }, score: 3 },
      milestonesFired: [],
    });
  });

  it('increment adds, set writes; metrics not named keep their value; negative and fractional values are legal', async () => {
    const report = await fresh('plain', 'modes');
    expect(rawOf(await report(add({ shells: 2.5, crabs: 1 })))).toEqual({ shells: 2.5, crabs: 1 });
    expect(rawOf(await report(add({ shells: -4 })))).toEqual({ shells: -1.5, crabs: 1 });
    expect(rawOf(await report(set({ crabs: 7 })))).toEqual({ shells: -1.5, crabs: 7 });
    expect(attemptOf(await report(set({ shells: 0.25 })))).toMatchObject({ score: 70.25 });
  });

  it('metricValue is for the first declared metric; with metrics unless they name it too', async () => {
    const report = await fresh('plain', 'primary');
    expect(rawOf(await report({ mode: 'increment', metricValue: 2, metrics: { crabs: 1 } }))).toEqual({
      shells: 2,
      crabs: 1,
    });
    const both = { mode: 'increment', metricValue: 2, metrics: { shells: 1 } };
    expectError(await report(both), 400, 'validation_failed');
    expect(rawOf(await report({ mode: 'set', metricValue: 9 }))).toEqual({ shells: 9, crabs: 1 });
  });

  it('metricValues is an alias of metrics; both are 400', async () => {
    const report = await fresh('plain', 'alias');
    expect(rawOf(await report({ mode: 'set', metricValues: { crabs: 4 } }))).toEqual({ shells: 0, crabs: 4 });
    const both = { mode: 'set', metrics: { crabs: 1 }, metricValues: { shells: 1 } };
    expectError(await report(both), 400, 'validation_failed');
    expectInvalid(await report({ mode: 'set', metricValues: { crabs: '1' } }), 'body.metricValues.crabs');
  });

  it('neither metricValue nor metrics, no entries, or more than 32: 400', async () => {
    const report = await fresh('plain', 'neither');
    const many = Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`m${i}`, i]));
    for (const body of [{ mode: 'set' }, set({}), { mode: 'set', metricValue: null }, set(many)]) {
      expectError(await report(body), 400, 'validation_failed');
    }
  });

  it('an undeclared metric: 400 invalid_metric, details.metricKeys lists them, the whole write is refused', async () => {
    const report = await fresh('plain', 'undeclared');
    const refused = await report(add({ shells: 1, none: 1, nada: 2 }));
    const { metricKeys } = refused.json.error!.details as { metricKeys: string[] };
    expectError(refused, 400, 'invalid_metric');
    expect(metricKeys.toSorted()).toEqual(['nada', 'none']);
    expectError(await report(add({ Shells: 1 })), 400, 'invalid_metric', { metricKeys: ['Shells'] });
    for (const odd of ['toString', 'constructor']) {
      expectError(await report(add({ [odd]: 1 })), 400, 'invalid_metric', { metricKeys: [odd] });
    }
    expect(rawOf(await report(add({ crabs: 1 })))).toEqual({ shells: 0, crabs: 1 });
  });

  it('404, the same body: attempt unknown, of another player, of another event; event unknown', async () => {
    const tomo = await world.player('tomo');
    const own = await start(mira, 'other');
    const foreign = await start(tomo, 'other');
    const body = { mode: 'set', metricValue: 1 };
    const unknown = await progress(mira, 'other', { id: '01890000-0000-7000-8000-000000000000' }, body);
    expectError(unknown, 404, 'not_found');
    expect((await progress(mira, 'other', foreign, body)).text).toBe(unknown.text);
    expect((await progress(mira, 'plain', own, body)).text).toBe(unknown.text);
    expectError(await progress(mira, 'unknown', own, body), 404, 'not_found');
    expectError(await progress(mira, 'other', foreign, set({ none: 1 })), 404, 'not_found');
  });

  it('05 §17.2: increments at once are all applied', async () => {
    const report = await fresh('plain', 'racer');
    const answers = await atOnce(40, () => report(add({ shells: 1 })));
    expect(answers.map((answer) => rawOf(answer)['shells']).toSorted((a, b) => a! - b!)).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
  });

  it('01 §14 read your writes: the board row shows the write when it has answered', async () => {
    const player = await world.player('reader');
    const attempt = await start(player, 'plain');
    for (let score = 1; score <= 10; score += 1) {
      await progress(player, 'plain', attempt, set({ shells: score * 1000 }));
      const { self } = await boardOf(world, attempt.leaderboardId, '?includeSelf=1&externalId=reader');
      expect(self!.score).toBe(score * 1000);
    }
  });
});

describe('05 §4 resetOn', () => {
  it.each([
    [add({ streak: 1 }), { streak: 4, losses: 1 }],
    [add({ losses: 1 }), { streak: 0, losses: 2 }],
    [add({ streak: 1, losses: 1 }), { streak: 0, losses: 2 }],
    [set({ streak: 9, losses: 1 }), { streak: 9, losses: 1 }],
    [set({ losses: 0 }), { streak: 3, losses: 0 }],
  ])('before {streak:3, losses:1}: %j gives %j', async (write, after) => {
    const report = await fresh('streaks', `reset ${JSON.stringify(write)}`);
    await report(set({ losses: 1 }));
    expect(rawOf(await report(set({ streak: 3 })))).toEqual({ streak: 3, losses: 1 });
    expect(rawOf(await report(write))).toEqual(after);
  });

  it('a reset never triggers another; all are decided in one pass', async () => {
    const report = await fresh('chain', 'chain');
    await report(set({ a: 4 }));
    await report(set({ b: 1 }));
    await report(set({ a: 4 }));
    expect(rawOf(await report(add({ c: 1 })))).toEqual({ a: 4, b: 0, c: 1 });
    const both = await report(add({ b: 2, c: 1, a: 1 }));
    expect(attemptOf(both)).toMatchObject({ metricsRaw: { a: 0, b: 0, c: 2 }, score: 4 });
  });

  it('05 §19 day 1, the scores of a streak with losses', async () => {
    const player = await world.player('alice');
    const attempt = await start(player, 'triumph');
    const report = (body: object): Promise<Answer> => progress(player, 'triumph', attempt, body);
    for (let step = 0; step < 3; step += 1) await report(add({ streak: 1 }));
    expect(attemptOf(await report(add({ losses: 1 })))).toMatchObject({
      score: 0,
      metricsRaw: { streak: 0, losses: 1 },
    });
    expect(attemptOf(await report(add({ streak: 1, losses: 1 })))).toMatchObject({
      score: 0,
      metricsRaw: { streak: 0 },
    });
    for (let step = 0; step < 4; step += 1) await report(add({ streak: 1 }));
    const query = '?includeSelf=1&externalId=alice';
    expect((await boardOf(world, attempt.leaderboardId, query)).self!.score).toBe(4);
    expect(attemptOf(await report(add({ streak: 1 })))).toMatchObject({ status: 'completed', score: 5 });
    const late = await report(add({ streak: 1 }));
    expectError(late, 409, 'attempt_finished', { attemptId: attempt.id, status: 'completed' });
  });
});

describe('05 §4 and §5 caps and score', () => {
  it('caps never touch the raw value; the example of 05 §5 scores 700', async () => {
    const report = await fresh('caps', 'caps');
    await report(set({ kills: 19 }));
    expect(attemptOf(await report(set({ coins: 620, kills: 23 })))).toMatchObject({
      metricsRaw: { coins: 620, kills: 23 },
      metrics: { coins: 500, kills: 20 },
      score: 700,
    });
  });

  it('capped = min(raw, cap if set, target if capAtTarget)', async () => {
    const report = await fresh('both_caps', 'both-caps');
    expect(attemptOf(await report(set({ a: 7, b: 7, c: -2 })))).toMatchObject({
      metricsRaw: { a: 7, b: 7, c: -2 },
      metrics: { a: 3, b: 3, c: -2 },
      score: 4,
    });
  });

  it('completion looks at raw: a target above the cap stays reachable', async () => {
    const report = await fresh('low_cap', 'low-cap');
    expect(attemptOf(await report(set({ a: 4 })))).toMatchObject({ status: 'in_progress', score: 3 });
    expect(attemptOf(await report(add({ a: 1 })))).toMatchObject({ status: 'completed', score: 3 });
  });
});

describe('05 §9.3 completion', () => {
  it('by increment, or by a set that carries the final value; a set below leaves it in progress', async () => {
    const [first, second] = [await fresh('single', 'adds'), await fresh('single', 'sets')];
    expect(attemptOf(await first(add({ shells: 4.999999 })))).toMatchObject({
      status: 'in_progress',
      completedAt: null,
    });
    expect(attemptOf(await first(add({ shells: 0.000001 })))).toMatchObject({ status: 'completed', completedAt: iso });
    expect(attemptOf(await second(set({ shells: 4 })))).toMatchObject({ status: 'in_progress' });
    expect(attemptOf(await second(set({ shells: 50 })))).toMatchObject({
      status: 'completed',
      completedAt: iso,
      score: 50,
    });
    expectError(await second(set({ shells: 51 })), 409, 'attempt_finished');
    // The state of the attempt is looked at before the keys of the metrics (05 §9.2).
    expectError(await second(set({ none: 51 })), 409, 'attempt_finished');
  });

  it('all_targets by default', async () => {
    const report = await fresh('all', 'all');
    expect(attemptOf(await report(set({ shells: 5, notes: 99 })))).toMatchObject({ status: 'in_progress' });
    expect(attemptOf(await report(set({ crabs: 3 })))).toMatchObject({ status: 'completed' });
    const fallen = await fresh('all', 'fallen');
    await fallen(set({ shells: 5 }));
    expect(attemptOf(await fallen(set({ shells: 4, crabs: 3 })))).toMatchObject({ status: 'in_progress' });
  });

  it('any_target if asked for', async () => {
    const report = await fresh('any', 'any');
    expect(attemptOf(await report(set({ crabs: 2, notes: 9 })))).toMatchObject({ status: 'in_progress' });
    expect(attemptOf(await report(set({ crabs: 3 })))).toMatchObject({ status: 'completed' });
  });

  it('an event without any target never completes by progress', async () => {
    const report = await fresh('other', 'endless');
    expect(attemptOf(await report(set({ shells: 1e12 })))).toMatchObject({ status: 'in_progress' });
  });

  it('of parallel writes that would complete, one does; the later ones get 409', async () => {
    const report = await fresh('single', 'finishers');
    const answers = await atOnce(10, () => report(add({ shells: 5 })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const late of answers.filter(({ status }) => status !== 200)) expectError(late, 409, 'attempt_finished');
  });
});
