import { readEventBoard, readStandings, streamSubject, type StreamFrame } from '@kraty/contracts/leaderboards';
import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { BoardsWorld, entriesOf } from './boards-world.fixture.js';

const sunday = '2026-06-21T23:59:59.999Z';
const weekMs = 7 * 86_400_000;
const league = {
  type: 'progression' as const,
  economyKey: 'league_tier',
  divisions: ['bronze', 'silver', 'gold'].map((key, min) => ({ key, min })),
};

const weeklyLeague = {
  key: 'league',
  name: 'League',
  resetCadence: 'weekly' as const,
  segmentation: league,
  progression: { itemKey: 'league_tier', promote: { places: 1 }, relegate: { places: 1 } },
};

let world: BoardsWorld;

beforeAll(async () => {
  world = await BoardsWorld.start(sunday);
  const issues = await world.configure([
    { key: 'weekly_sum', name: 'Weekly', resetCadence: 'weekly', scoreAggregation: 'sum' },
    { key: 'all_time', name: 'All time', resetCadence: 'never' },
    { key: 'latest', name: 'Latest', resetCadence: 'never', scoreAggregation: 'latest' },
    {
      key: 'regions',
      name: 'Regions',
      resetCadence: 'weekly',
      segmentation: { type: 'context', key: 'region', values: ['PT', 'BR'] },
    },
    weeklyLeague,
    { key: 'countries', name: 'Countries', resetCadence: 'weekly', segmentation: { type: 'country' } },
    { key: 'richest', name: 'Richest', resetCadence: 'never', rankBy: { type: 'progression', economyKey: 'xp' } },
    { key: 'servers', name: 'Servers', resetCadence: 'never', acceptClientScores: false },
  ]);
  expect(issues).toEqual([]);
});

afterAll(() => world.stop());

beforeEach(() => world.clock.set(new Date(sunday)));

describe('boards an event contributes to', () => {
  it('each count in their own way, and a key that names none is passed over', async () => {
    const [board, mira] = [world.openBoard(), world.player('mira')] as const;
    const [first, second] = [uuidV7(), uuidV7()] as const;
    const contributesTo = ['weekly_sum', 'ghost', 'richest', 'all_time', 'latest'];
    const writes = [
      [first, 1, 10],
      [first, 2, 40],
      [second, 1, 60],
      [second, 2, 50],
    ] as const;
    for (const [at, [attemptId, revision, score]] of writes.entries()) {
      world.score(board, mira, { attemptId, revision, score, contributesTo, atMs: Date.parse(sunday) - 900 + at });
    }
    await eventually(async () => expect(await world.rows('weekly_sum')).toEqual([['mira', 90]]));
    await eventually(async () => expect(await world.rows('all_time')).toEqual([['mira', 60]]));
    await eventually(async () => expect(await world.rows('latest')).toEqual([['mira', 50]]));
    expect(await world.rows('richest')).toEqual([]);
    // The same facts again, in another order.
    world.score(board, mira, { attemptId: second, revision: 2, score: 50, contributesTo });
    world.score(board, mira, { attemptId: first, revision: 1, score: 10, contributesTo });
    world.score(board, mira, { attemptId: first, revision: 3, score: 45, contributesTo });
    await eventually(async () => expect(await world.rows('weekly_sum')).toEqual([['mira', 95]]));
  });

  it('put a write of Sunday and one of Monday into two periods', async () => {
    const [board, nico, attemptId] = [world.openBoard(), world.player('nico'), uuidV7()] as const;
    const monday = Date.parse(sunday) + 1;
    world.score(board, nico, { attemptId, revision: 1, score: 40, contributesTo: ['countries', 'weekly_sum'] });
    world.score(board, nico, {
      attemptId,
      revision: 2,
      score: 55,
      contributesTo: ['countries', 'weekly_sum'],
      atMs: monday,
    });
    world.clock.set(new Date(monday));
    const mine = { segment: 'ZZ' };
    await eventually(async () => expect(await world.rows('weekly_sum')).toEqual([['nico', 15]]));
    // Later than the other: somebody has to be asked for the country.
    await eventually(async () => expect(await world.rows('countries', mine)).toEqual([['nico', 55]]));
    const past = await world.read('countries', { ...mine, period: '2026-06-15T00:00:00.000Z' });
    expect(entriesOf(past)).toMatchObject([{ name: 'nico', score: 40 }]);
    const asked = { ...mine, period: '2026-06-15T00:00:00.000Z', playerId: nico, includeSelf: true };
    expect(await world.read('countries', asked)).toMatchObject({ self: null, selfIndex: 0 });
    const before = await world.read('countries', { ...mine, playerId: nico, includeSelf: true });
    expect(before).toMatchObject({ self: { rank: 1, score: 55 }, selfIndex: 0 });
    await world.ground.flushRedis();
    expect(await world.read('countries', { ...mine, playerId: nico, includeSelf: true })).toEqual(before);
    await expect(world.read('countries', { ...mine, period: '2026-06-08T00:00:00.000Z' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('place writes by the context of the attempt, and drop those without a bucket', async () => {
    const [board, olga] = [world.openBoard(), world.player('olga')] as const;
    const write = (revision: number, context: Record<string, string>) =>
      world.score(board, olga, { attemptId: uuidV7(), revision, score: revision, contributesTo: ['regions'], context });
    write(7, { region: 'BR' });
    write(5, { region: 'PT' });
    write(9, { region: 'DE' });
    await eventually(async () => expect(await world.rows('regions', { segment: 'PT' })).toEqual([['olga', 5]]));
    await eventually(async () => expect(await world.rows('regions', { segment: 'BR' })).toEqual([['olga', 7]]));
    await expect(world.read('regions', { segment: 'DE' })).rejects.toMatchObject({
      code: 'validation_failed',
      details: { allowed: ['PT', 'BR'] },
    });
    await expect(world.read('regions')).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('keep a player where the period has first seen it', async () => {
    const [board, pia, attemptId] = [world.openBoard(), world.player('pia'), uuidV7()] as const;
    world.others.balances[pia] = { league_tier: 1 };
    world.score(board, pia, { attemptId, revision: 1, score: 5, contributesTo: ['league'] });
    await eventually(async () => expect(await world.rows('league', { segment: 'silver' })).toEqual([['pia', 5]]));
    world.others.balances[pia] = { league_tier: 2 };
    world.score(board, pia, { attemptId, revision: 2, score: 8, contributesTo: ['league'] });
    await eventually(async () => expect(await world.rows('league', { playerId: pia })).toEqual([['pia', 8]]));
    expect(await world.rows('league', { segment: 'gold' })).toEqual([]);
  });
});

describe('a write that cannot be placed for now', () => {
  /** A fact that has failed twice on a slow machine comes again half a minute later. */
  const thirdTry = { withinMs: 60_000 };

  it('stands on the board of its event, and wherever nobody has to be asked', async () => {
    const [board, sven] = [world.openBoard(), world.player('sven')] as const;
    world.others.away.add('economy');
    const contributesTo = ['league', 'all_time', 'weekly_sum'];
    world.score(board, sven, { attemptId: uuidV7(), revision: 1, score: 5, contributesTo });
    const question = {
      scope: world.scope,
      leaderboardId: board,
      limit: 1,
      selfPlayerId: null,
      progression: [],
      knownView: null,
    };
    await eventually(async () => {
      const view = await world.messenger.request(readEventBoard, question);
      expect(entriesOf(view)).toMatchObject([{ score: 5 }]);
      for (const key of ['all_time', 'weekly_sum']) expect(await world.rows(key)).toContainEqual(['sven', 5]);
    });
    expect(world.others.away.has('economy')).toBe(true);
    world.others.away.clear();
    await eventually(
      async () => expect(await world.rows('league', { playerId: sven })).toContainEqual(['sven', 5]),
      thirdTry,
    );
    expect(await world.rows('weekly_sum')).toContainEqual(['sven', 5]);
  });

  it('is told to streams once, when all of it is done', async () => {
    const [board, rita] = [world.openBoard(), world.player('rita')] as const;
    const frames: StreamFrame[] = [];
    const stop = world.messenger.listen<StreamFrame[]>(streamSubject(board), (told) => void frames.push(...told));
    await world.watch(board);
    world.others.away.add('economy');
    const before = world.others.askedInVain;
    world.score(board, rita, { attemptId: uuidV7(), revision: 1, score: 5, contributesTo: ['league'] });
    await eventually(() => expect(world.others.askedInVain).toBeGreaterThan(before + 1));
    world.others.away.clear();
    await eventually(
      async () => expect(await world.rows('league', { playerId: rita })).toContainEqual(['rita', 5]),
      thirdTry,
    );
    world.score(board, rita, { attemptId: uuidV7(), revision: 1, score: 9 });
    await eventually(() => expect(frames.map(({ data }) => data)).toMatchObject([{ score: 5 }, { score: 9 }]));
    stop();
  });
});

describe('a direct score', () => {
  it('counts as the board does, and answers what stands there', async () => {
    const quin = world.player('quin');
    expect(await world.submit('all_time', quin, 7)).toMatchObject({ score: 7 });
    expect(await world.submit('all_time', quin, 3)).toMatchObject({ score: 7 });
    expect(await world.submit('latest', quin, 9)).toMatchObject({ score: 9 });
    world.clock.advance(1);
    expect(await world.submit('latest', quin, 4)).toMatchObject({ score: 4 });
    expect(await world.submit('weekly_sum', quin, 4)).toMatchObject({ score: 4, rank: expect.any(Number) });
    expect(await world.submit('weekly_sum', quin, 5)).toMatchObject({ score: 9 });
  });

  it('adds once under one key, however often it is sent', async () => {
    const rosa = world.player('rosa');
    const idempotency = { operation: `POST /players/rosa/score ${rosa}`, key: 'k', bodyHash: 'a'.repeat(64) };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => world.submit('weekly_sum', rosa, 5, { idempotency })),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await world.submit('weekly_sum', rosa, 0)).toMatchObject({ score: 5 });
    const other = { ...idempotency, bodyHash: 'b'.repeat(64) };
    await expect(world.submit('weekly_sum', rosa, 6, { idempotency: other })).rejects.toMatchObject({
      code: 'idempotency_conflict',
    });
  });

  it('loses none of many at once', async () => {
    const sam = world.player('sam');
    // One after the other at the player's lock, and none waits for it as long as a connection is waited for.
    await Promise.all(Array.from({ length: 20 }, () => world.submit('weekly_sum', sam, 0.1)));
    expect(await world.submit('weekly_sum', sam, 0)).toMatchObject({ score: 2 });
  });

  it('is refused by the first gate that is closed', async () => {
    const tom = world.player('tom');
    await expect(world.submit('ghost', tom, 1)).rejects.toMatchObject({ code: 'not_found', status: 404 });
    await expect(world.submit('servers', tom, 1)).rejects.toMatchObject({
      code: 'client_scoring_disabled',
      status: 403,
    });
    expect(await world.submit('servers', tom, 1, { surface: 'server' })).toMatchObject({ score: 1, rank: 1 });
    await expect(world.submit('richest', tom, 1)).rejects.toMatchObject({ code: 'score_not_supported', status: 400 });
    await expect(world.submit('regions', tom, 1)).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(world.submit('regions', tom, 1, { segment: 'DE' })).rejects.toMatchObject({
      code: 'validation_failed',
    });
  });
});

describe('joining', () => {
  it('stands at 0 until the first score, even a negative one, and changes nothing afterwards', async () => {
    const uma = world.player('uma');
    expect(await world.join('all_time', uma)).toMatchObject({ joined: true, self: { score: 0 } });
    expect(await world.submit('all_time', uma, -5)).toMatchObject({ score: -5 });
    expect(await world.join('all_time', uma)).toMatchObject({ self: { score: -5 } });
  });

  it('stands at the balance where the board follows one, and follows it', async () => {
    const vera = world.player('vera');
    world.others.balances[vera] = { xp: 40 };
    expect(await world.join('richest', vera)).toMatchObject({ self: { score: 40, rank: 1 } });
    world.balance(vera, 'xp', 3, 70);
    await eventually(async () => expect(await world.rows('richest')).toEqual([['vera', 70]]));
    world.balance(vera, 'xp', 2, 60);
    world.balance(vera, 'xp', 4, 50);
    await eventually(async () => expect(await world.rows('richest')).toEqual([['vera', 50]]));
  });
});

describe('standings', () => {
  const standings = (key: string, more: object) =>
    world.messenger.request(readStandings, {
      scope: world.scope,
      key,
      segments: 'all',
      segment: null,
      period: null,
      playerId: null,
      externalPlayerId: null,
      limit: 50,
      maxSegments: 20,
      progression: [],
      ...more,
    });

  it('show the segments that are asked for', async () => {
    world.clock.advance(3 * weekMs);
    const [wim, xena] = [world.player('wim'), world.player('xena')] as const;
    world.others.balances[xena] = { league_tier: 2 };
    await world.submit('league', wim, 1);
    await world.submit('league', xena, 2);
    const asked = { playerId: wim, externalPlayerId: 'wim' };
    const shown = async (more: object) =>
      (await standings('league', { ...asked, ...more })).segments.map(({ segment, selfRank }) => [segment, selfRank]);
    expect(await shown({})).toEqual([
      ['gold', null],
      ['bronze', 1],
    ]);
    expect(await shown({ segments: 'mine' })).toEqual([['bronze', 1]]);
    expect(await shown({ segments: 'self_segment' })).toEqual([['bronze', 1]]);
    expect(await shown({ segments: 'segment', segment: 'silver' })).toEqual([['silver', null]]);
    await expect(shown({ segments: 'segment' })).rejects.toMatchObject({ code: 'validation_failed' });
    expect(await standings('league', { ...asked, maxSegments: 1 })).toMatchObject({ segmentsTruncated: true });
    const own = await standings('league', { ...asked, segments: 'mine' });
    expect(own.segments[0]?.entries[0]).toMatchObject({ isSelf: true, player: { externalPlayerId: 'wim' } });
    // Nobody stands any more where an operator has taken the only one away.
    const taken = 'update board_entry set removed_at = now() where participant_id = $1';
    await world.ground.sql('leaderboards', taken, [xena]);
    expect(await shown({})).toEqual([['bronze', 1]]);
    const everybody = await standings('all_time', {});
    expect(everybody.segments.map(({ segment }) => segment)).toEqual([null]);
  });
});

describe('an attempt completed by force', () => {
  it('takes its event board down, moves a sum by the difference, and never lowers a best', async () => {
    world.clock.advance(20 * weekMs);
    const [board, zoe, attemptId] = [world.openBoard(), world.player('zoe'), uuidV7()] as const;
    // An override goes through them in this order: when the second has followed it, the first has been looked at.
    const contributesTo = ['all_time', 'weekly_sum'];
    world.score(board, zoe, { attemptId, revision: 1, score: 900, contributesTo });
    await eventually(async () => expect(await world.rows('weekly_sum')).toEqual([['zoe', 900]]));
    await eventually(async () => expect((await world.rows('all_time'))[0]).toEqual(['zoe', 900]));
    world.others.standings.set(board, [{ playerId: zoe, score: 90, achievedAtMs: world.clock.nowMs() }]);
    world.override(board, zoe, attemptId, { score: 90, contributesTo });
    await eventually(async () => expect(await world.rows('weekly_sum')).toEqual([['zoe', 90]]));
    expect((await world.rows('all_time'))[0]).toEqual(['zoe', 900]);
    // The old write again: it comes too late to count.
    world.score(board, zoe, { attemptId, revision: 1, score: 900, contributesTo: ['weekly_sum'] });
    world.score(board, world.player('last'), { attemptId: uuidV7(), revision: 1, score: 1 });
    const scores = async () =>
      world.ground.sql('leaderboards', 'select score from board_entry where leaderboard_id = $1 order by score', [
        board,
      ]);
    await eventually(async () => expect(await scores()).toEqual([{ score: 1 }, { score: 90 }]));
    expect(await world.rows('weekly_sum')).toEqual([['zoe', 90]]);
  });
});
