import type { PlayerRef } from '@kraty/contracts/common';
import { describeEventBoard, eventBoardOpened, eventLimits, type EventBoardDescription } from '@kraty/contracts/events';
import { uuidV7 } from '@kraty/platform/ids';
import { Database, type Tx } from '@kraty/platform/persistence';
import { eventually, type Host } from '@kraty/testing/harness';
import { IdentityDouble } from '../conditions/identity-double.fixture.js';
import { EconomyDouble } from '../entry-cost/economy-double.fixture.js';
import { crabSprint, EventsWorld, refusal } from '../events-world.fixture.js';
import { SeatsStore } from './seats.store.js';

const fallbacks = { crowded: {}, crowded_modes: { fallback: 'any' } };
let world: EventsWorld;
let second: Host;
let economy: EconomyDouble;
let identity: IdentityDouble;

beforeAll(async () => {
  world = await EventsWorld.start('2026-06-01T12:00:00Z', ['economy', 'identity']);
  // Another process of the service: half of the calls go there, past the queue of the first.
  second = await world.another();
  economy = await new EconomyDouble().start(world.ground);
  identity = await new IdentityDouble().start(world.ground);
  world.hear(eventBoardOpened as never);
  await world.configure(
    crabSprint({ key: 'groups', leaderboard: { mode: 'grouped', capacity: 4 } }),
    crabSprint({
      key: 'by_mode',
      leaderboard: { mode: 'grouped', capacity: 2, grouping: { by: 'context', key: 'mode', fallback: 'any' } },
    }),
    crabSprint({
      key: 'by_country',
      leaderboard: { mode: 'segmented', segmentation: { type: 'country' } },
    }),
    crabSprint({
      key: 'league',
      leaderboard: {
        mode: 'segmented',
        segmentation: {
          type: 'progression',
          economyKey: 'level',
          divisions: [
            { key: 'bronze', min: 0 },
            { key: 'gold', min: 2 },
          ],
        },
        progression: { itemKey: 'level', promote: { places: 1 } },
      },
    }),
    crabSprint({
      key: 'by_word',
      leaderboard: { mode: 'segmented', segmentation: { type: 'context', key: 'word' } },
    }),
    ...(['crowded', 'crowded_modes'] as const).map((key) =>
      crabSprint({
        key,
        leaderboard: { mode: 'segmented', segmentation: { type: 'context', key: 'word', ...fallbacks[key] } },
      }),
    ),
    crabSprint({
      key: 'crowded_groups',
      leaderboard: { mode: 'grouped', grouping: { by: 'context', key: 'word', fallback: 'any' } },
    }),
    crabSprint({ key: 'hidden', leaderboard: { mode: 'none' } }),
  );
});

afterAll(async () => {
  await economy.stop();
  await identity.stop();
  await second.stop();
  await world.stop();
});

beforeEach(() => world.now('2026-06-01T12:00:00Z'));

const describeBoard = async (leaderboardId: string): Promise<EventBoardDescription> =>
  (await world.ask(describeEventBoard, { leaderboardId })).board!;
const boardOf = async (player: PlayerRef, key: string, playerContext: Record<string, string> | null = null) =>
  (await world.start(player, key, { playerContext })).data.leaderboardId;

/** Rows locked by somebody else meanwhile. */
async function holding(lock: string, work: (tx: Tx) => Promise<void>): Promise<void> {
  const database = new Database({ url: world.ground.databaseUrl('events'), poolMax: 1, applicationName: 'holder' });
  try {
    await database.transaction(async (tx) => {
      await tx.query(lock);
      await work(tx);
    });
  } finally {
    await database.close();
  }
}

const lockWaits = async (): Promise<number> => {
  const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
  return (await world.rows(waiting)).length;
};

describe('a grouped event', () => {
  it('never puts more humans into a group than it holds, whoever comes at once', async () => {
    const players = Array.from({ length: 50 }, (_, at) => world.player(`g${at}`));
    const twice = [...players, ...players.slice(0, 10)];
    const boards = await Promise.all(twice.map((player) => boardOf(player, 'groups')));
    expect(boards.slice(50)).toEqual(boards.slice(0, 10));

    const humans = new Map<string, number>();
    for (const board of boards.slice(0, 50)) humans.set(board, (humans.get(board) ?? 0) + 1);
    expect(Math.max(...humans.values())).toBe(4);
    expect(humans.size).toBe(13);
    const stored = await world.rows(
      `select b.leaderboard_id as board, b.humans, b.ordinal,
              (select count(*)::int from event_seat s where s.leaderboard_id = b.leaderboard_id) as seats
         from event_board b where b.event_key = 'groups' order by b.ordinal`,
    );
    expect(stored.map(({ ordinal }) => ordinal)).toEqual(Array.from({ length: 13 }, (_, at) => at));
    for (const { board, humans: counted, seats } of stored) {
      expect(counted).toBe(seats);
      expect(counted).toBe(humans.get(board as string));
    }
  });

  it('fills a group that another process opens while it waits', async () => {
    const waitingFor = { mode: 'wait' };
    await boardOf(world.player('early'), 'by_mode', waitingFor);
    const [first] = await world.rows(`select * from event_board where event_key = 'by_mode' and shard = 'wait'`);
    const opened = uuidV7();
    let seat: Promise<string> = Promise.resolve('');
    await holding(
      `update event_board set humans = capacity where leaderboard_id = '${first!.leaderboard_id}'`,
      async (tx) => {
        const cohort = { eventWindowId: first!.event_window_id as string, environment: 'live', shard: 'wait' } as const;
        await world.service(SeatsStore).lockCohort(tx, cohort);
        const next = { ...first, leaderboard_id: opened, ordinal: 1, humans: 1 };
        await tx.query('insert into event_board select * from json_populate_record(null::event_board, $1)', [next]);
        seat = boardOf(world.player('late'), 'by_mode', waitingFor);
        await eventually(async () => expect(await lockWaits()).toBe(1));
      },
    );
    expect(await seat).toBe(opened);
  });

  it('keeps the seat for later attempts and tells each group once', async () => {
    const player = world.player('keeper');
    const attempt = await world.started(player, 'groups');
    await world.finish(player, attempt, { eventKey: 'groups' });
    expect(await boardOf(player, 'groups')).toBe(attempt.leaderboardId);
    await eventually(() => expect(world.heard(eventBoardOpened, attempt.leaderboardId)).toHaveLength(1));
    expect(await describeBoard(attempt.leaderboardId)).toMatchObject({ mode: 'grouped', capacity: 4, segment: null });
  });

  it('seats by the context of the player, the last one where the request brings none', async () => {
    const [anna, bert, cleo] = ['anna', 'bert', 'cleo'].map((name) => world.player(name)) as [
      PlayerRef,
      PlayerRef,
      PlayerRef,
    ];
    const hard = await boardOf(anna, 'by_mode', { mode: 'hard' });
    await world.start(bert, 'groups', { playerContext: { mode: 'hard' } });
    expect(await boardOf(bert, 'by_mode')).toBe(hard);
    expect(await boardOf(cleo, 'by_mode')).not.toBe(hard);
  });

  it('answers 503 when the row of its group stays held', async () => {
    const player = world.player('patient');
    await boardOf(world.player('first'), 'by_mode', { mode: 'slow' });
    await holding(`select 1 from event_board where event_key = 'by_mode' for update`, async () => {
      const failure = await refusal(world.start(player, 'by_mode', { playerContext: { mode: 'slow' } }));
      expect(failure).toMatchObject({ code: 'no_leaderboard', status: 503, headers: { 'retry-after': '1' } });
    });
    expect((await world.start(player, 'by_mode', { playerContext: { mode: 'slow' } })).status).toBe(201);
  });

  it('answers 503 when another process stays alone with its cohort', async () => {
    const [player, playerContext] = [world.player('second'), { mode: 'alone' }];
    await boardOf(world.player('sole'), 'by_mode', playerContext);
    const [board] = await world.rows(`select * from event_board where event_key = 'by_mode' and shard = 'alone'`);
    const cohort = { eventWindowId: board!.event_window_id as string, environment: 'live', shard: 'alone' } as const;
    await holding('select 1', async (tx) => {
      await world.service(SeatsStore).lockCohort(tx, cohort);
      await tx.query('select 1');
      const failure = await refusal(world.start(player, 'by_mode', { playerContext }));
      expect(failure).toMatchObject({ code: 'no_leaderboard', status: 503, headers: { 'retry-after': '1' } });
    });
  });
});

describe('a segmented event', () => {
  it('has one board a segment, opened by whoever comes first', async () => {
    const players = Array.from({ length: 12 }, (_, at) => world.player(`s${at}`));
    players.forEach(({ playerId }, at) => {
      identity.traits.set(playerId, { country: at % 2 === 0 ? 'PT' : null, firstSeenAt: '2026-01-01T00:00:00.000Z' });
    });
    const boards = await Promise.all(players.map((player) => boardOf(player, 'by_country')));
    expect(new Set(boards).size).toBe(2);
    expect(await describeBoard(boards[0]!)).toMatchObject({ mode: 'segmented', segment: 'PT', capacity: null });
    expect(await describeBoard(boards[1]!)).toMatchObject({ segment: 'ZZ' });
    for (const board of new Set(boards)) {
      await eventually(() => expect(world.heard(eventBoardOpened, board)).toHaveLength(1));
    }
  });

  it('keeps the segment of the first start for the window, and asks nobody again', async () => {
    const player = world.player('climber');
    const attempt = await world.started(player, 'league');
    expect(await describeBoard(attempt.leaderboardId)).toMatchObject({
      segment: 'bronze',
      ladder: { itemKey: 'level' },
      ladderCeiling: 2,
    });
    economy.give(player.playerId, { level: 9 });
    await world.finish(player, attempt, { eventKey: 'league' });
    const looks = economy.looks.length;
    expect(await boardOf(player, 'league')).toBe(attempt.leaderboardId);
    expect(economy.looks).toHaveLength(looks);
    expect((await describeBoard(await boardOf(other(9), 'league'))).segment).toBe('gold');
  });

  it('has no board for who fits no segment', async () => {
    const player = world.player('wordless');
    expect(await refusal(world.start(player, 'by_word'))).toMatchObject({
      code: 'validation_failed',
      status: 400,
      details: { issues: [{ path: 'body.playerContext', code: 'required' }] },
    });
    const board = await boardOf(player, 'by_word', { word: 'crab' });
    expect(await describeBoard(board)).toMatchObject({ segment: 'crab' });
  });

  function other(level: number): PlayerRef {
    const player = world.player('other');
    economy.give(player.playerId, { level });
    return player;
  }
});

describe('an event split by what clients say', () => {
  const saying = async (key: string, word: string) =>
    boardOf(world.player(`of_${word}`), key, { word }).catch((error: unknown) => error as Error);
  const segmentsOf = async (boards: unknown[]) =>
    Promise.all(boards.map(async (board) => (await describeBoard(board as string)).segment));

  /** As many boards as make `shards` with those there are. */
  async function fill(key: string, shards: number): Promise<void> {
    await world.rows(
      `insert into event_board (leaderboard_id, event_window_id, environment, studio_id, game_id, event_id, event_key,
                                mode, score_aggregation, shard, ordinal, capacity, humans)
       select gen_random_uuid(), b.event_window_id, b.environment, b.studio_id, b.game_id, b.event_id, b.event_key,
              b.mode, b.score_aggregation, 'filled' || n, 0, b.capacity, 0
         from (select * from event_board where event_key = $1 limit 1) b, generate_series(1, $2::int) n`,
      [key, shards - 1],
    );
  }

  it('opens no more than 1,000 boards in a window, and those that are open stay open', async () => {
    const first = await saying('crowded', 'first');
    await fill('crowded', eventLimits.shardsOfContextMax - 1);
    const boards = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((word) => saying('crowded', word)));
    const refused = boards.filter((board) => board instanceof Error);
    expect(boards.filter((board) => typeof board === 'string')).toHaveLength(1);
    for (const error of refused) expect(await refusal(Promise.reject(error))).toMatchObject({ status: 400 });
    expect(await saying('crowded', 'late')).toBeInstanceOf(Error);
    expect(await saying('crowded', 'first')).toBe(first);
    expect(await segmentsOf([await saying('crowded', 'filled7')])).toEqual(['filled7']);
    const { shardsOfContextMax: most } = eventLimits;
    expect(await world.rows(`select 1 from event_board where event_key = 'crowded'`)).toHaveLength(most);
  });

  it('sends those beyond it to the fallback, which is there for them', async () => {
    await saying('crowded_modes', 'first');
    await fill('crowded_modes', eventLimits.shardsOfContextMax);
    const boards = await Promise.all([saying('crowded_modes', 'x'), saying('crowded_modes', 'y')]);
    expect(boards[0]).toBe(boards[1]);
    expect(await segmentsOf(boards)).toEqual(['any', 'any']);
  });

  it('treats cohorts of groups the same', async () => {
    await saying('crowded_groups', 'first');
    await fill('crowded_groups', eventLimits.shardsOfContextMax);
    const boards = await Promise.all([saying('crowded_groups', 'x'), saying('crowded_groups', 'y')]);
    expect(boards[0]).toBe(boards[1]);
    expect(await saying('crowded_groups', 'first')).not.toBe(boards[0]);
    const shards = `select shard from event_board where leaderboard_id = $1`;
    expect(await world.rows(shards, [boards[0]])).toEqual([{ shard: 'any' }]);
  });
});

describe('an event without a board', () => {
  it('has a hidden one, so that there is an id', async () => {
    const board = await boardOf(world.player('shy'), 'hidden');
    expect(await describeBoard(board)).toMatchObject({ mode: 'none', botBindings: [] });
  });
});

describe('a shared board that nobody has opened', () => {
  it('is opened by the first start', async () => {
    await world.start(world.player('early'), 'hidden');
    await world.rows(`delete from event_board where event_key = 'hidden'`);
    const boards = await Promise.all(
      Array.from({ length: 5 }, (_, at) => boardOf(world.player(`late${at}`), 'hidden')),
    );
    expect(new Set(boards).size).toBe(1);
    expect(await world.rows(`select 1 from event_board where event_key = 'hidden'`)).toHaveLength(1);
  });
});
