import { MovableClock } from '@kraty/platform/clock';
import type { Answer, Player, World } from '@kraty/testing/world';
import { atOnce, balances, data, dayMs, expectError, finish, minuteMs } from './client.fixture.js';
import { boardOf, progress, replayed, start, startWorld } from './client.fixture.js';
import type { Attempt, Grant, Reported, Started } from './client.fixture.js';

const clock = new MovableClock(new Date('2026-06-01T12:00:00.000Z'));
const sprint = {
  key: 'sprint',
  status: 'scheduled',
  availability: { mode: 'always_on' },
  metrics: [{ key: 'shells' }, { key: 'crabs' }],
  attempt: { replayableDuringWindow: true },
  rewardPolicy: {
    type: 'fixed_bundle',
    parameters: {
      entries: [
        { type: 'currency', currencyKey: 'pearls', amount: 10 },
        { type: 'item', itemKey: 'torch', quantity: 5 },
      ],
    },
  },
};
const game = {
  items: [{ key: 'torch', name: 'Torch', itemTypeKey: 'consumable' }],
  currencies: [
    { key: 'pearls', name: 'Pearls', kind: 'currency', initialBalance: 25 },
    { key: 'gold', name: 'Gold', kind: 'currency', initialBalance: 25 },
  ],
  events: [sprint, { ...sprint, key: 'other' }],
};

let world: World;

beforeAll(async () => {
  world = await startWorld(game, { clock });
});

afterAll(async () => {
  await world.stop();
});

const report = (player: Player, attempt: Attempt, body: unknown): Promise<Answer> =>
  progress(player, 'sprint', attempt, body);
const plus = (idempotencyKey?: string | null, metricValue = 1) => ({ mode: 'increment', metricValue, idempotencyKey });
const debit = (player: Player, body: object, currency = 'pearls'): Promise<Answer> =>
  player.post(`/wallet/${currency}/debit`, body);
const shells = (answer: Answer): number => data<Reported>(answer).attempt.metrics['shells']!;

/** Asserts the recorded reply: status and body to the letter, and the header. */
const expectReplay = (again: Answer, first: Answer): void => {
  expect([again.status, again.text, replayed(again)]).toEqual([first.status, first.text, true]);
};

describe('01 §6.1 the key', () => {
  it('is a field of the body: an Idempotency-Key header is ignored', async () => {
    const mira = await world.player('header');
    const path = '/sdk/v1/players/header/wallet/pearls/debit';
    const headers = { 'idempotency-key': 'same' };
    const answers = [
      await world.call('POST', path, { secret: mira.secret, body: { amount: 1 }, headers }),
      await world.call('POST', path, { secret: mira.secret, body: { amount: 1 }, headers }),
    ];
    expect(answers.map((answer) => data<{ balance: number }>(answer).balance)).toEqual([24, 23]);
  });

  it('null, absent and "" are no key: each call has its effect (§6.8)', async () => {
    const mira = await world.player('none');
    const attempt = await start(mira, 'sprint');
    for (const [index, key] of [undefined, undefined, null, null, '', ''].entries()) {
      const answer = await report(mira, attempt, plus(key));
      expect([shells(answer), replayed(answer)]).toEqual([index + 1, false]);
    }
  });

  it('may have 1 to 255 characters', async () => {
    const mira = await world.player('lengths');
    for (const key of ['k', 'ü'.repeat(255), ' ', 'a'.repeat(255)]) {
      const first = await debit(mira, { amount: 1, idempotencyKey: key });
      expect(replayed(first)).toBe(false);
      expect(replayed(await debit(mira, { amount: 1, idempotencyKey: key }))).toBe(true);
    }
  });
});

describe('01 §6.2 same key and same body: the recorded status and body again, no second effect', () => {
  it('start (201 and 200), progress, finish; the first answer carries no header', async () => {
    const mira = await world.player('replays');
    const body = { playerContext: { level: 7 }, idempotencyKey: 's-1' };
    const started = await mira.post('/events/sprint/start', body);
    expect([started.status, started.headers.get('idempotency-replayed')]).toEqual([201, null]);
    const { attempt } = data<Started>(started, 201);
    const reported = await report(mira, attempt, plus('p-1', 3));
    expect(reported.headers.get('idempotency-replayed')).toBeNull();
    const resumed = await mira.post('/events/sprint/start', { idempotencyKey: 's-2' });
    expect(data<Started>(resumed).attempt.score).toBe(3);
    const ended = await finish(mira, 'sprint', attempt, { idempotencyKey: 'f-1' });
    expect(data(ended)).toMatchObject({ outcome: 'completed' });

    expectReplay(await mira.post('/events/sprint/start', body), started);
    expectReplay(await mira.post('/events/sprint/start', { idempotencyKey: 's-2' }), resumed);
    expectReplay(await report(mira, attempt, plus('p-1', 3)), reported);
    expectReplay(await finish(mira, 'sprint', attempt, { idempotencyKey: 'f-1' }), ended);
    expect((await boardOf(world, attempt.leaderboardId, '?includeSelf=1&externalId=replays')).self!.score).toBe(3);
    expect(data(await mira.get('/pending-grants'))).toHaveLength(1);
  });

  it('another body: 409 idempotency_conflict with the key in details, no effect', async () => {
    const mira = await world.player('conflicts');
    const attempt = await start(mira, 'sprint', { idempotencyKey: 'k' });
    await report(mira, attempt, plus('k', 3));
    await debit(mira, { amount: 5, idempotencyKey: 'k' });
    const details = { idempotencyKey: 'k' };
    const refused = [
      await mira.post('/events/sprint/start', { playerContext: { a: 1 }, idempotencyKey: 'k' }),
      await report(mira, attempt, plus('k', 4)),
      await report(mira, attempt, { mode: 'set', metricValue: 3, idempotencyKey: 'k' }),
      await debit(mira, { amount: 6, idempotencyKey: 'k' }),
      await debit(mira, { amount: 5, reason: 'shop', idempotencyKey: 'k' }),
    ];
    for (const answer of refused) expectError(answer, 409, 'idempotency_conflict', details);
    expect(shells(await report(mira, attempt, plus()))).toBe(4);
    expect((await balances(mira))['pearls']).toBe(20);
  });
});

describe('01 §6.3 scope: environment, method and concrete path', () => {
  it('the same key on another player, attempt, event, resource or route is unrelated', async () => {
    const [mira, tomo] = [await world.player('scope-a'), await world.player('scope-b')];
    const key = { idempotencyKey: 'receipt' };
    const first = await start(mira, 'sprint', key);
    const second = await start(tomo, 'sprint', key);
    const third = await start(mira, 'other', key);
    expect(new Set([first.id, second.id, third.id]).size).toBe(3);
    const answers = [
      await report(mira, first, plus('receipt', 1)),
      await report(tomo, second, plus('receipt', 2)),
      await progress(mira, 'other', third, plus('receipt', 3)),
      await finish(mira, 'sprint', first, key),
      await debit(mira, { amount: 1, ...key }),
      await debit(mira, { amount: 2, ...key }, 'gold'),
      await debit(tomo, { amount: 3, ...key }),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers.filter(replayed)).toEqual([]);
    const fourth = await start(mira, 'sprint');
    expect(shells(await report(mira, fourth, plus('receipt', 9)))).toBe(9);
  });

  it('records exist per environment (01 §2)', async () => {
    const live = await world.player('both');
    const secret = await world.register('both', world.keys.clientTest);
    const body = { amount: 5, idempotencyKey: 'same' };
    expect(data(await debit(live, body))).toMatchObject({ applied: true });
    const path = '/sdk/v1/players/both/wallet/pearls/debit';
    const other = await world.call('POST', path, { key: world.keys.clientTest, secret, body: { ...body, amount: 6 } });
    expect(data(other)).toEqual({ economyKey: 'pearls', balance: 19, applied: true });
  });
});

describe('01 §6.4 same body', () => {
  it('key order and null optional fields do not matter, spelling of numbers neither', async () => {
    const mira = await world.player('bodies');
    const attempt = await start(mira, 'sprint');
    const first = await report(mira, attempt, '{"mode":"set","metrics":{"shells":10,"crabs":2},"idempotencyKey":"b"}');
    for (const body of [
      '{"idempotencyKey":"b","metrics":{"crabs":2,"shells":10},"mode":"set"}',
      '{"mode":"set","metrics":{"shells":10.0,"crabs":2e0},"occurredAt":null,"metricValue":null,"idempotencyKey":"b"}',
      ' {\n"mode" : "set", "metrics" : { "\\u0073hells" : 1e1, "crabs" : 2 } , "idempotencyKey" : "b" } ',
    ]) {
      expectReplay(await report(mira, attempt, body), first);
    }
  });

  it('order in arrays, other fields and the query string do', async () => {
    const mira = await world.player('differing');
    const body = { playerContext: { tags: [1, 2] }, idempotencyKey: 'b' };
    await start(mira, 'sprint', body);
    const wanted = '/events/sprint/start';
    const other = { ...body, playerContext: { tags: [2, 1] } };
    for (const answer of [
      await mira.post(wanted, other),
      await mira.post(wanted, { ...body, extra: 1 }),
      await mira.post(`${wanted}?a=1`, body),
    ]) {
      expectError(answer, 409, 'idempotency_conflict', { idempotencyKey: 'b' });
    }
    expect((await mira.post(wanted, body)).status).toBe(201);
  });
});

describe('01 §6.4 fields named like what every object has', () => {
  it('are part of the body as any other', async () => {
    const mira = await world.player('methods');
    const begin = (value: number): Promise<Answer> =>
      mira.post(
        '/events/sprint/start',
        `{"playerContext":{"toString":${value},"constructor":{"valueOf":1}},"idempotencyKey":"m"}`,
      );
    const first = await begin(1);
    expect(first.status).toBe(201);
    expectReplay(await begin(1), first);
    expectError(await begin(2), 409, 'idempotency_conflict', { idempotencyKey: 'm' });
  });
});

describe('01 §6.5 errors are not recorded', () => {
  it('the same key may be tried again after a 4xx, with the same or another body', async () => {
    const mira = await world.player('retries');
    expectError(await debit(mira, { amount: 26, idempotencyKey: 'k' }), 409, 'conflict');
    expectError(await debit(mira, { amount: 0, idempotencyKey: 'k' }), 400, 'validation_failed');
    const accepted = await debit(mira, { amount: 25, idempotencyKey: 'k' });
    expect([data(accepted), replayed(accepted)]).toEqual([{ economyKey: 'pearls', balance: 0, applied: true }, false]);
    const attempt = await start(mira, 'sprint');
    expectError(await report(mira, attempt, { ...plus('p'), metrics: { none: 1 } }), 400, 'invalid_metric');
    expect(shells(await report(mira, attempt, plus('p')))).toBe(1);
  });
});

describe('01 §6.6 concurrent twins', () => {
  it('the second waits for the first and gets its answer as a replay', async () => {
    const mira = await world.player('twins');
    const starts = await atOnce(8, () => mira.post('/events/sprint/start', { idempotencyKey: 's' }));
    const { attempt } = data<Started>(starts[0]!, 201);
    const writes = await atOnce(20, () => report(mira, attempt, plus('p', 2)));
    const debits = await atOnce(20, () => debit(mira, { amount: 2, idempotencyKey: 'd' }));
    const ends = await atOnce(8, () => finish(mira, 'sprint', attempt, { idempotencyKey: 'f' }));
    for (const [answers, status] of [
      [starts, 201],
      [writes, 200],
      [ends, 200],
    ] as const) {
      expect(new Set(answers.map((answer) => `${answer.status} ${answer.text}`)).size).toBe(1);
      expect(answers[0]!.status).toBe(status);
      expect(answers.filter(replayed)).toHaveLength(answers.length - 1);
    }
    expect(shells(writes[0]!)).toBe(2);
    const applied = debits.map((answer) => data<{ applied: boolean; balance: number }>(answer));
    expect(applied.filter((reply) => reply.applied)).toHaveLength(1);
    expect(new Set(applied.map(({ balance }) => balance))).toEqual(new Set([23]));
  });
});

describe('01 §6.2 rivals', () => {
  it('different bodies at once under one key: one has its effect, the others are conflicts', async () => {
    const mira = await world.player('rivals');
    const attempt = await start(mira, 'sprint');
    const writes = await atOnce(10, (index) => report(mira, attempt, plus('same', index + 1)));
    const debits = await atOnce(10, (index) => debit(mira, { amount: index + 1, idempotencyKey: 'same' }));
    for (const answers of [writes, debits]) {
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      for (const loser of answers.filter(({ status }) => status !== 200)) {
        expectError(loser, 409, 'idempotency_conflict', { idempotencyKey: 'same' });
      }
    }
  });
});

describe('01 §6.7 ledger operations', () => {
  it('consume and debit replay the value recorded then with applied: false, everything else equal', async () => {
    const mira = await world.player('ledger');
    await finish(mira, 'sprint', await start(mira, 'sprint'));
    const [grant] = data<Grant[]>(await mira.get('/pending-grants'));
    data(await mira.post(`/grants/${grant!.id}/claim`));
    const consume = (body: object): Promise<Answer> => mira.post('/inventory/torch/consume', body);
    const eaten = await consume({ quantity: 2, idempotencyKey: 'c' });
    expect(data(eaten)).toEqual({ itemKey: 'torch', quantity: 3, applied: true });
    await consume({ quantity: 1 });
    const again = await consume({ quantity: 2, idempotencyKey: 'c' });
    expect([data(again), replayed(again)]).toEqual([{ itemKey: 'torch', quantity: 3, applied: false }, true]);
    expectError(await consume({ quantity: 1, idempotencyKey: 'c' }), 409, 'idempotency_conflict');
    expect(data(await mira.get('/inventory'))).toMatchObject({ items: [{ quantity: 2 }] });
  });
});

describe('01 §6.2 time (moves the clock)', () => {
  it('within 24 hours a replay; after 24 hours the key is free, but on debit and consume it is kept for ever', async () => {
    const mira = await world.player('days');
    const attempt = await start(mira, 'sprint', { idempotencyKey: 's' });
    const first = await report(mira, attempt, plus('p', 2));
    const paid = { amount: 5, idempotencyKey: 'd' };
    expect(data(await debit(mira, paid))).toMatchObject({ balance: 20, applied: true });
    clock.advance(dayMs - minuteMs);
    expectReplay(await report(mira, attempt, plus('p', 2)), first);
    clock.advance(2 * minuteMs);
    const fresh = await report(mira, attempt, plus('p', 3));
    expect([shells(fresh), replayed(fresh)]).toEqual([5, false]);
    expectReplay(await report(mira, attempt, plus('p', 3)), fresh);
    expect(replayed(await mira.post('/events/sprint/start', { idempotencyKey: 's' }))).toBe(false);
    clock.advance(400 * dayMs);
    const again = await debit(mira, paid);
    expect([data(again), replayed(again)]).toEqual([{ economyKey: 'pearls', balance: 20, applied: false }, true]);
    expectError(await debit(mira, { ...paid, amount: 6 }), 409, 'idempotency_conflict', { idempotencyKey: 'd' });
  });
});
