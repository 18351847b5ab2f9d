import { randomUUID } from 'node:crypto';
import type { ScoreAggregation } from '@kraty/contracts/events';
import type { Operator } from '@kraty/contracts/identity';
import { removeEntry } from '@kraty/contracts/leaderboards';
import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { IndexComparisonWorker } from '../ranks/index-comparison.worker.js';
import { Ranks } from '../ranks/ranks.service.js';
import { ScoresStore } from '../scores/scores.store.js';
import { MergesWorld } from './merges-world.fixture.js';

const cups = ['best_cup', 'latest_cup', 'sum_cup', 'league'];
const aggregations: ScoreAggregation[] = ['best', 'latest', 'sum'];
const operator = {
  ...{ memberId: uuidV7(), email: 'ada@example.com', sessionId: uuidV7(), tokenId: null },
  ...{ requestId: uuidV7(), ip: '127.0.0.1', userAgent: 'spec' },
} as unknown as Operator;

let world: MergesWorld;

beforeAll(async () => {
  world = await MergesWorld.start('2026-06-17T12:00:00.000Z');
  // A round that comes between rows and their index finds them different: a spec that compares asks for it itself.
  app().get(IndexComparisonWorker).round = () => Promise.resolve();
});

afterAll(() => world.boards.stop());

const app = () => world.boards.host.service('leaderboards').app;
const open = (scoreAggregation: ScoreAggregation = 'best') => world.boards.openBoard({ scoreAggregation });
const read = (board: string, rows: unknown) => eventually(async () => expect(await world.rows(board)).toEqual(rows));

describe('rows of a player that is merged', () => {
  it.each<[ScoreAggregation, number]>([
    ['best', 30],
    ['latest', 20],
    ['sum', 50],
  ])('become one with those of the target (%s)', async (aggregation, expected) => {
    const [both, alone] = [open(aggregation), open(aggregation)];
    const { guest, account } = world.pair();
    const atMs = world.boards.clock.nowMs();
    world.score(both, guest, 30, { atMs });
    world.score(alone, guest, 7, { atMs });
    world.score(both, account, 20, { atMs: atMs + 1 });
    await eventually(async () => expect(await world.rows(both)).toHaveLength(2));
    await read(alone, [['guest', 7]]);
    expect(await world.merge(guest, account)).toEqual({ leaderboardsScrubbed: 2 });
    expect([await world.rows(both), await world.rows(alone)]).toEqual([[['account', expected]], [['account', 7]]]);
    expect((await world.read(alone, account)).self).toEqual({ rank: 1, score: 7 });
    expect((await world.read(alone, guest)).self).toBeNull();
  });

  it('keep the time of the score that counts, and yield to any real one where they only joined', async () => {
    const [board, joined] = [open(), open()];
    const { guest, account } = world.pair();
    const rival = world.boards.player('rival');
    const atMs = world.boards.clock.nowMs();
    world.score(board, guest, 5, { atMs });
    world.score(board, rival, 5, { atMs: atMs + 1 });
    world.score(board, account, 5, { atMs: atMs + 2 });
    world.score(joined, guest, -5);
    await eventually(async () => expect(await world.rows(board)).toHaveLength(3));
    const insert = `insert into board_entry (leaderboard_id, participant_id, kind, score, achieved_at, joined_only, revision)
                    values ($1, $2, 'player', 0, now(), true, 1)`;
    await read(joined, [['guest', -5]]);
    await world.boards.ground.sql('leaderboards', insert, [joined, account]);
    await world.merge(guest, account);
    expect(await world.rows(board)).toEqual([
      ['account', 5],
      ['rival', 5],
    ]);
    expect(await world.rows(joined)).toEqual([['account', -5]]);
  });

  it('are moved once a saga, however often and however much at once it is asked for', async () => {
    const board = open('sum');
    const { guest, account } = world.pair();
    world.score(board, guest, 30);
    world.score(board, account, 12.5);
    await eventually(async () => expect(await world.rows(board)).toHaveLength(2));
    const sagaId = randomUUID();
    const merges = await Promise.all(Array.from({ length: 10 }, () => world.merge(guest, account, sagaId)));
    merges.push(await world.merge(guest, account, sagaId));
    expect(new Set(merges.map(({ leaderboardsScrubbed }) => leaderboardsScrubbed))).toEqual(new Set([1]));
    expect(await world.rows(board)).toEqual([['account', 42.5]]);
    await expect(world.merge(guest, account)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('leave every list that attempts feed, and sums stay exact while attempts go on under either name', async () => {
    const board = open();
    const { guest, account } = world.pair();
    const told = { contributesTo: cups };
    const attempt = world.score(board, guest, 0.1, told);
    world.score(board, account, 0.2, told);
    for (const key of cups)
      await eventually(async () => expect(await world.boards.rows(key, { segment: 'bronze' })).toHaveLength(2));
    expect(await world.merge(guest, account)).toEqual({ leaderboardsScrubbed: 1 + cups.length });
    expect(await world.boards.rows('sum_cup')).toEqual([['account', 0.3]]);
    world.boards.clock.advance(1);
    world.score(board, guest, 1.1, { ...told, attemptId: attempt, revision: 2 });
    world.score(board, guest, 0.1, { ...told, attemptId: attempt, revision: 1 });
    await eventually(async () => expect(await world.boards.rows('sum_cup')).toEqual([['account', 1.3]]));
    world.score(board, account, 2.1, { ...told, attemptId: attempt, revision: 3 });
    await eventually(async () => expect(await world.boards.rows('sum_cup')).toEqual([['account', 2.3]]));
    const bronze = { segment: 'bronze' };
    await eventually(async () => expect(await world.boards.rows('league', bronze)).toEqual([['account', 2.3]]));
    await eventually(async () => expect(await world.boards.rows('latest_cup')).toEqual([['account', 2.1]]));
    await read(board, [['account', 2.1]]);
  });

  it('go where the target stands in the period, on a board that pins its players', async () => {
    const { guest, account } = world.pair();
    const nobodys = world.boards.player('nobody');
    world.boards.others.balances = { [account]: { league_tier: 1 } };
    const before = await world.boards.rows('league', { segment: 'gold' });
    await world.boards.submit('league', guest, 10);
    await world.boards.submit('league', account, 5);
    await world.merge(guest, account);
    expect(await world.boards.rows('league', { segment: 'gold' })).toEqual([...before, ['account', 15]]);
    world.boards.others.balances = { [nobodys]: { league_tier: 1 } };
    // Without a place of its own a target takes the one of who goes.
    const other = world.boards.player('other');
    await world.boards.submit('league', other, 40);
    await world.merge(other, nobodys);
    await world.boards.submit('league', nobodys, 2);
    expect(await world.boards.rows('league', { segment: 'bronze' })).toContainEqual(['nobody', 42]);
  });

  it('stay off a list from which an operator has taken them', async () => {
    const [alone, both] = [open('sum'), open('sum')];
    const { guest, account } = world.pair();
    const attempt = world.score(both, guest, 30);
    world.score(alone, guest, 30);
    world.score(both, account, 20);
    await eventually(async () => expect(await world.rows(both)).toHaveLength(2));
    await read(alone, [['guest', 30]]);
    for (const leaderboardId of [alone, both]) {
      const list = { scope: world.boards.scope, leaderboardId, period: null, segment: null };
      await world.boards.messenger.request(removeEntry, { ...list, participantId: guest, reason: 'cheated', operator });
    }
    expect(await world.merge(guest, account)).toEqual({ leaderboardsScrubbed: 0 });
    world.score(alone, account, 99);
    world.score(both, account, 31, { attemptId: attempt, revision: 2 });
    await read(both, [['account', 21]]);
    expect(await world.rows(alone)).toEqual([]);
  });
});

describe('while a player is merged', () => {
  it('no write is lost or counted twice, whoever it names', async () => {
    const told = { contributesTo: ['sum_cup', 'best_cup'] };
    for (let round = 0; round < 8; round += 1) {
      const lists = aggregations.map(open);
      const { guest, account } = world.pair();
      const attempts = [guest, account].flatMap((player) =>
        Array.from({ length: 3 }, (_, at) => ({ player, attemptId: uuidV7(), last: 10 * at + round })),
      );
      const write = ({ player, attemptId, last }: (typeof attempts)[number], revision: number) => {
        const score = last + revision / 10;
        for (const list of lists) world.score(list, player, score, { ...told, attemptId, revision });
      };
      for (const attempt of attempts) write(attempt, 1);
      const merging = world.merge(guest, account);
      for (const attempt of attempts) write(attempt, 2);
      await merging;
      for (const attempt of attempts) write(attempt, 3);
      const lastScores = attempts.map(({ last }) => last + 0.3);
      const sum = Math.round(lastScores.reduce((total, score) => total + score, 0) * 10) / 10;
      const [best, latest, total] = lists as [string, string, string];
      const bestScore = Math.max(...lastScores);
      await eventually(async () => expect(await world.stored(total)).toEqual({ [account]: sum }));
      await eventually(async () => expect(await world.stored(best)).toEqual({ [account]: bestScore }));
      await eventually(async () => expect(Object.keys(await world.stored(latest))).toEqual([account]));
      await eventually(async () => expect(lastScores).toContain((await world.stored(latest))[account]));
    }
  });

  it('a write that looked for a merge before it began is brought to the target', async () => {
    const [board, scores] = [open(), app().get(ScoresStore)];
    const { guest, account } = world.pair();
    await read(board, []);
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    let reached = (): void => undefined;
    const held = new Promise<void>((resolve) => (reached = resolve));
    const apply = scores.apply.bind(scores);
    Object.assign(scores, {
      apply: async (...given: Parameters<ScoresStore['apply']>) => {
        reached();
        await gate;
        return apply(...given);
      },
    });
    world.score(board, guest, 8);
    await held;
    await world.merge(guest, account);
    Reflect.deleteProperty(scores, 'apply');
    letGo();
    await eventually(async () => expect(await world.stored(board)).toEqual({ [account]: 8 }));
    await read(board, [['account', 8]]);
  });

  it('a call of the player itself is put off', async () => {
    const { guest, account } = world.pair();
    await world.merge(guest, account);
    const locked = { status: 503, details: { reason: 'player_locked' } };
    for (const key of ['best_cup', 'sum_cup']) {
      await expect(world.boards.submit(key, guest, 5)).rejects.toMatchObject(locked);
    }
    await expect(world.boards.join('best_cup', guest)).rejects.toMatchObject(locked);
  });

  it('merges of merges are followed', async () => {
    const board = open('sum');
    const [first, second, third] = ['first', 'second', 'third'].map((name) => world.boards.player(name)) as [
      string,
      string,
      string,
    ];
    const attempt = world.score(board, first, 5);
    await read(board, [['first', 5]]);
    await world.merge(first, second);
    await world.merge(second, third);
    world.score(board, first, 7, { attemptId: attempt, revision: 2 });
    world.score(board, second, 10);
    await read(board, [['third', 17]]);
  });
});

describe('the index of a list', () => {
  it('follows a merge without being made anew, and reads the same when Redis is lost', async () => {
    const board = open();
    const { guest, account } = world.pair();
    world.score(board, guest, 9);
    world.score(board, account, 3);
    await eventually(async () => expect(await world.rows(board)).toHaveLength(2));
    const index = app().get(Ranks);
    await eventually(async () => expect(await index.size(board)).toBe(2));
    await world.merge(guest, account);
    expect(await index.size(board)).toBe(1);
    // One that differs from its rows is discarded.
    await app().get(IndexComparisonWorker).compare(board);
    expect(await index.size(board)).toBe(1);
    const rows = await world.rows(board);
    expect(rows).toEqual([['account', 9]]);
    await world.boards.ground.flushRedis();
    expect(await world.rows(board)).toEqual(rows);
  });

  it('is told by the next call when the first died before it could', async () => {
    const board = open();
    const { guest, account } = world.pair();
    world.score(board, guest, 9);
    await read(board, [['guest', 9]]);
    const ranks = app().get(Ranks);
    Object.assign(ranks, { apply: () => Promise.reject(new Error('the process dies')) });
    const sagaId = randomUUID();
    await expect(world.merge(guest, account, sagaId)).rejects.toMatchObject({ code: 'internal_error' });
    Reflect.deleteProperty(ranks, 'apply');
    expect(await world.stored(board)).toEqual({ [account]: 9 });
    expect(await world.merge(guest, account, sagaId)).toEqual({ leaderboardsScrubbed: 1 });
    expect(await world.rows(board)).toEqual([['account', 9]]);
  });
});

describe('a board that ranks by a progression', () => {
  const wealth = async (name: string) => (await world.boards.rows('wealth')).find(([known]) => known === name)?.[1];

  it('shows what the target holds now, whatever is told late of holdings before', async () => {
    const guest = world.boards.player('poor');
    const account = world.boards.player('rich');
    world.boards.balance(guest, 'xp', 1, 30);
    world.boards.balance(account, 'xp', 1, 50);
    await eventually(async () => expect([await wealth('poor'), await wealth('rich')]).toEqual([30, 50]));
    const hold = (balance: number) => (world.boards.others.balances[account] = { xp: balance });
    hold(80);
    await world.merge(guest, account);
    expect([await wealth('poor'), await wealth('rich')]).toEqual([undefined, 80]);
    // Told late: changes of before the merge.
    for (const [player, revision] of [
      [guest, 4],
      [account, 3],
    ] as const) {
      world.boards.balance(player, 'xp', revision, 1);
      hold(80);
    }
    const after = world.boards.player('after');
    world.boards.balance(after, 'xp', 1, 3);
    await eventually(async () => expect(await wealth('after')).toBe(3));
    expect(await wealth('rich')).toBe(80);
    world.boards.balance(account, 'xp', 7, 85);
    await eventually(async () => expect(await wealth('rich')).toBe(85));
  });
});
