import { configurationRoutes } from '@kraty/contracts/configuration';
import { attemptStarted, type EventBoardDescription } from '@kraty/contracts/events';
import { readEventBoard, streamSubject, type BoardEntry, type BotConfiguration } from '@kraty/contracts/leaderboards';
import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { Rosters } from './bots/rosters.service.js';
import { BoardsWorld, entriesOf } from './boards-world.fixture.js';

const start = '2026-06-22T00:00:00.000Z';
const startMs = Date.parse(start);
const dayMs = 86_400_000;

const runner: BotConfiguration = {
  key: 'runner',
  name: 'Runner',
  // One point in ten seconds, on a board of a day.
  behavior: { type: 'single', block: 'progress_linear', params: { targetScore: 8_640 } },
  identityPoolKey: 'sailors',
};
const walker: BotConfiguration = {
  key: 'walker',
  name: 'Walker',
  behavior: { type: 'single', block: 'random_step_with_fall', params: { advanceChance: 1, targetScore: 5 } },
};
const stalker: BotConfiguration = {
  key: 'stalker',
  name: 'Stalker',
  behavior: { type: 'single', block: 'track_position', params: { targetRank: 1, offset: 1 } },
};
const quitter: BotConfiguration = {
  key: 'quitter',
  name: 'Quitter',
  behavior: {
    type: 'sequence',
    steps: [{ block: 'wait', params: { durationSeconds: 60 } }, { block: 'quit' }],
  },
};
const pacer: BotConfiguration = {
  key: 'pacer',
  name: 'Pacer',
  behavior: {
    type: 'state_machine',
    initial: 'up',
    states: {
      up: {
        block: 'progress_linear',
        params: { targetScore: 8_640, ratePerSecond: 0.02 },
        transitions: [{ when: { expr: 'stateSeconds >= 100' }, to: 'rest' }],
      },
      rest: { block: 'idle', transitions: [{ when: { expr: 'stateSeconds >= 100' }, to: 'up' }] },
    },
  },
};
const sailors = { key: 'sailors', name: 'Sailors', entries: ['Ada', 'Bram', 'Cleo'].map((name) => ({ name })) };

let world: BoardsWorld;

beforeAll(async () => {
  world = await BoardsWorld.start(start);
  const sections = { identityPools: [sailors], bots: [runner, walker, stalker, quitter, pacer] };
  expect(await world.configureSections(sections)).toEqual([]);
});

afterAll(() => world.stop());

beforeEach(() => world.clock.set(new Date(start)));

/** A board with its bots, once it is known. */
async function openBoard(bots: Record<string, number>, more: Partial<EventBoardDescription> = {}): Promise<string> {
  const leaderboardId = world.openBoard({
    botBindings: Object.entries(bots).map(([botKey, count]) => ({ botKey, count })),
    closesAt: new Date(startMs + dayMs).toISOString(),
    ...more,
  });
  await eventually(async () => expect((await entries(leaderboardId)).length).toBeGreaterThan(0));
  return leaderboardId;
}

async function entries(leaderboardId: string, selfPlayerId: string | null = null): Promise<BoardEntry[]> {
  const question = { scope: world.scope, leaderboardId, limit: 200, selfPlayerId, progression: [], knownView: null };
  return entriesOf(await world.messenger.request(readEventBoard, question));
}

async function frozen(leaderboardId: string): Promise<void> {
  await eventually(async () => expect(await finalized(leaderboardId)).toBe(true));
}

async function finalized(leaderboardId: string): Promise<boolean> {
  const who = { scope: world.scope, selfPlayerId: null };
  const question = { ...who, leaderboardId, limit: 1, progression: [], knownView: null };
  return (await world.messenger.request(readEventBoard, question)).board.finalized;
}

/** `[name, score]` in rank order. */
async function rows(leaderboardId: string): Promise<[string | null, number][]> {
  return (await entries(leaderboardId)).map(({ name, score }) => [name, score]);
}

function begin(leaderboardId: string, playerId: string): void {
  const attemptId = uuidV7();
  world.publish(attemptStarted, attemptId, 0, {
    ...{ attemptId, eventId: uuidV7(), eventKey: 'daily', eventWindowId: uuidV7(), leaderboardId, playerId },
    ...{ startedAt: world.clock.now().toISOString(), playerContext: null },
  });
}

describe('bots of a board', () => {
  it('stand on it from its opening, among players, with names of their pool', async () => {
    const board = await openBoard({ runner: 2 });
    const [first] = await entries(board);
    expect(first).toMatchObject({ kind: 'bot', score: 0, country: null, anonymizedName: null, player: null });
    expect(
      (await entries(board)).map(({ name }) => name).every((name) => ['Ada', 'Bram', 'Cleo'].includes(name!)),
    ).toBe(true);
  });

  it('go on with time when somebody reads, and stay where it stands', async () => {
    const board = await openBoard({ runner: 1 });
    await eventually(async () => expect(await entries(board)).toHaveLength(1));
    world.clock.set(new Date(startMs + 125_000));
    expect((await entries(board)).map(({ score }) => score)).toEqual([12]);
    world.clock.set(new Date(startMs + 2 * dayMs));
    expect((await entries(board)).map(({ score }) => score)).toEqual([8_640]);
  });

  it('step once with each accepted write, however often it is told, and freeze at their target', async () => {
    const [board, mira] = [await openBoard({ walker: 1 }), world.player('mira')] as const;
    const attemptId = uuidV7();
    for (const revision of [1, 2, 2, 1, 3]) world.score(board, mira, { attemptId, revision, score: 100 + revision });
    await eventually(async () => expect((await rows(board)).map(([, score]) => score)).toEqual([103, 3]));
    for (const revision of [4, 5, 6, 7]) world.score(board, mira, { attemptId, revision, score: 100 + revision });
    await eventually(async () => expect((await rows(board)).map(([, score]) => score)).toEqual([107, 5]));
    const ticks = 'select ticks from board_roster where leaderboard_id = $1';
    await eventually(async () =>
      expect(await world.ground.sql('leaderboards', ticks, [board])).toEqual([{ ticks: 7 }]),
    );
  });

  it('look at the players, when a player writes and when somebody reads', async () => {
    const [board, mira] = [await openBoard({ stalker: 1 }), world.player('mira')] as const;
    const scores = async () => (await rows(board)).map(([, score]) => score);
    world.score(board, mira, { attemptId: uuidV7(), revision: 1, score: 40 });
    await eventually(async () => expect(await scores()).toEqual([40, 0]));
    world.clock.set(new Date(startMs + 60_000));
    await eventually(async () => expect(await scores()).toEqual([41, 40]));
    // Within one step of the grid a bot looks once.
    world.score(board, mira, { attemptId: uuidV7(), revision: 1, score: 70 });
    await eventually(async () => expect(await scores()).toEqual([70, 41]));
    world.clock.set(new Date(startMs + 120_000));
    await eventually(async () => expect(await scores()).toEqual([71, 70]));
  });

  it('put no frame on the stream', async () => {
    const [board, mira] = [await openBoard({ walker: 3, runner: 3 }), world.player('mira')] as const;
    const heard: string[] = [];
    const stop = world.messenger.listen(streamSubject(board), (frames) => {
      for (const { event } of frames as { event: string }[]) heard.push(event);
    });
    await world.watch(board);
    world.clock.set(new Date(startMs + 600_000));
    await entries(board);
    world.score(board, mira, { attemptId: uuidV7(), revision: 1, score: 1_000 });
    await eventually(() => expect(heard).toEqual(['score_update']));
    world.clock.set(new Date(startMs + 1_200_000));
    await entries(board);
    world.score(board, mira, { attemptId: uuidV7(), revision: 1, score: 2_000 });
    await eventually(() => expect(heard).toEqual(['score_update', 'score_update']));
    stop();
  });

  it('leave the board when they quit', async () => {
    const board = await openBoard({ quitter: 2, runner: 1 });
    await eventually(async () => expect(await entries(board)).toHaveLength(3));
    world.clock.set(new Date(startMs + 120_000));
    await eventually(async () => expect((await rows(board)).map(([, score]) => score)).toEqual([12]));
  });

  it('make room in a group for every human who comes', async () => {
    const board = await openBoard({ runner: 20 }, { mode: 'grouped', capacity: 10 });
    await eventually(async () => expect(await entries(board)).toHaveLength(9));
    const players = Array.from({ length: 12 }, (_, at) => world.player(`player${at}`));
    for (const [at, player] of players.slice(0, 3).entries()) {
      begin(board, player);
      await eventually(async () => expect(await kinds(board)).toEqual({ player: at + 1, bot: 9 - at }));
    }
    for (const player of players.slice(3)) begin(board, player);
    await eventually(async () => expect(await kinds(board)).toEqual({ player: 12, bot: 0 }));
  });

  it('are ranked for ever as they stood at the end, by whichever process', async () => {
    const [board, mira] = [await openBoard({ runner: 1 }), world.player('mira')] as const;
    world.score(board, mira, { attemptId: uuidV7(), revision: 1, score: 50 });
    await eventually(async () => expect(await entries(board)).toHaveLength(2));
    world.clock.set(new Date(startMs + 1_000_000));
    world.closeBoard(board, [{ playerId: mira, score: 50, achievedAtMs: startMs }]);
    await frozen(board);
    world.clock.set(new Date(startMs + 2_000_000));
    expect((await rows(board)).map(([, score]) => score)).toEqual([100, 50]);
    expect(await kinds(board)).toEqual({ player: 1, bot: 1 });
  });

  it('stand as at the end of a board closed early, although somebody looked after it and before it was told', async () => {
    const [board, mira] = [await openBoard({ runner: 1, stalker: 1, quitter: 1 }), world.player('mira')] as const;
    world.clock.set(new Date(startMs + 30_000));
    world.score(board, mira, { attemptId: uuidV7(), revision: 1, score: 50 });
    // Nobody looks before the score is there: within one step of the grid a bot looks once.
    const players = `select from board_entry where leaderboard_id = $1 and kind = 'player'`;
    await eventually(async () => expect(await world.ground.sql('leaderboards', players, [board])).toHaveLength(1));
    await eventually(async () => expect((await rows(board)).map(([, score]) => score)).toEqual([51, 50, 3, 0]));
    world.clock.set(new Date(startMs + 2_000_000));
    await eventually(async () => expect((await rows(board)).map(([, score]) => score)).toEqual([200, 51, 50]));
    world.clock.set(new Date(startMs + 50_000));
    world.closeBoard(board, [{ playerId: mira, score: 50, achievedAtMs: startMs + 30_000 }]);
    await frozen(board);
    expect((await rows(board)).map(([, score]) => score)).toEqual([51, 50, 5, 0]);
  });

  it('are frozen, six hours behind, although they take far longer than one transaction may', async () => {
    const board = await openBoard({ pacer: 1 });
    const rosters = world.host.service('leaderboards').app.get(Rosters);
    // No transaction gets further than its first piece of work.
    Object.assign(rosters, { sliceMs: 0 });
    world.clock.set(new Date(startMs + dayMs / 4));
    world.closeBoard(board, []);
    // Not by a reader, who would move the bots as well.
    const ended = 'select from board where leaderboard_id = $1 and finalized_at is not null';
    await eventually(async () => expect(await world.ground.sql('leaderboards', ended, [board])).toHaveLength(1), {
      withinMs: 150_000,
    });
    await frozen(board);
    Object.assign(rosters, { sliceMs: 5_000 });
    const revision = 'select revision, last_step as "lastStep" from board_roster where leaderboard_id = $1';
    const [roster] = await world.ground.sql<{ revision: number }>('leaderboards', revision, [board]);
    expect(roster).toMatchObject({ lastStep: 2_160 });
    expect(roster!.revision).toBeGreaterThan(125);
    // 100 seconds up, 100 seconds of rest, six hours long.
    expect((await rows(board)).map(([, score]) => score)).toEqual([108]);
  }, 180_000);

  it('are those of the version the board began with', async () => {
    const board = await openBoard({ runner: 1 });
    await eventually(async () => expect(await entries(board)).toHaveLength(1));
    const faster = { ...runner, behavior: { ...runner.behavior, params: { targetScore: 86_400 } } } as BotConfiguration;
    expect(await world.configureSections({ identityPools: [sailors], bots: [faster] })).toEqual([]);
    world.clock.set(new Date(startMs + 100_000));
    expect((await rows(board)).map(([, score]) => score)).toEqual([10]);
    const next = await openBoard({ runner: 1 }, { opensAt: start });
    await eventually(async () => expect((await rows(next)).map(([, score]) => score)).toEqual([100]));
    expect(await world.configureSections({ identityPools: [sailors], bots: [runner] })).toEqual([]);
  });

  it('stand the same for two who read at once', async () => {
    const board = await openBoard({ runner: 200 });
    await eventually(async () => expect((await kinds(board)).bot).toBe(200));
    world.clock.set(new Date(startMs + 500_000));
    const seen = await Promise.all(Array.from({ length: 8 }, () => rows(board)));
    await eventually(async () => expect((await rows(board)).every(([, score]) => score === 50)).toBe(true));
    expect(seen).toHaveLength(8);
    const doubled = 'select count(*)::int as count from board_entry where leaderboard_id = $1';
    expect(await world.ground.sql('leaderboards', doubled, [board])).toEqual([{ count: 200 }]);
  });
});

describe('bots of a defined board', () => {
  it('come with the first player of a segment', async () => {
    const bindings = [
      { botKey: 'runner', count: 2 },
      { botKey: 'walker', count: 1, segments: ['PT'] },
    ];
    const segmentation = { type: 'context' as const, key: 'region', values: ['PT', 'BR'] };
    const board = {
      key: 'regions',
      name: 'Regions',
      resetCadence: 'weekly' as const,
      segmentation,
      botBindings: bindings,
    };
    const sections = { identityPools: [sailors], bots: [runner, walker], leaderboards: [board] };
    expect(await world.configureSections(sections)).toEqual([]);
    const mira = world.player('mira');
    await world.submit('regions', mira, 10, { segment: 'PT' });
    await world.submit('regions', mira, 20, { segment: 'BR' });
    const kindsIn = async (segment: string) =>
      entriesOf(await world.read('regions', { segment })).map(({ kind }) => kind);
    expect((await kindsIn('PT')).toSorted()).toEqual(['bot', 'bot', 'bot', 'player']);
    expect((await kindsIn('BR')).toSorted()).toEqual(['bot', 'bot', 'player']);
  });

  it('step once with each write that counts there, however often the attempt wrote before the period', async () => {
    const key = 'stepping';
    const botBindings = [{ botKey: 'walker', count: 1 }];
    const board = { key, name: 'Stepping', resetCadence: 'weekly' as const, botBindings };
    expect(await world.configureSections({ identityPools: [sailors], bots: [walker], leaderboards: [board] })).toEqual(
      [],
    );
    const [daily, mira, attemptId] = [world.openBoard(), world.player('mira'), uuidV7()] as const;
    for (const [revision, atMs] of [
      [41, startMs],
      [42, startMs + 1],
      [42, startMs + 1],
      [41, startMs],
    ] as const) {
      world.score(daily, mira, { attemptId, revision, score: 100 + revision, contributesTo: [key], atMs });
    }
    await eventually(async () => expect((await world.rows(key)).map(([, score]) => score)).toEqual([142, 2]));
    world.score(daily, mira, { attemptId, revision: 43, score: 150, contributesTo: [key], atMs: startMs + 2 });
    await eventually(async () => expect((await world.rows(key)).map(([, score]) => score)).toEqual([150, 3]));
  });

  it('are nowhere on a list that began before they were bound', async () => {
    const key = 'bound_later';
    const board = { key, name: 'Later', resetCadence: 'weekly' as const };
    expect(await world.configureSections({ identityPools: [sailors], bots: [runner], leaderboards: [board] })).toEqual(
      [],
    );
    const [daily, mira] = [world.openBoard(), world.player('mira')] as const;
    await world.submit(key, mira, 10);
    const bound = { ...board, botBindings: [{ botKey: 'runner', count: 2 }] };
    expect(await world.configureSections({ identityPools: [sailors], bots: [runner], leaderboards: [bound] })).toEqual(
      [],
    );
    world.score(daily, mira, { attemptId: uuidV7(), revision: 1, score: 20, contributesTo: [key], atMs: startMs });
    await eventually(async () => expect((await world.rows(key))[0]).toEqual(['mira', 20]));
    world.score(daily, mira, { attemptId: uuidV7(), revision: 1, score: 30, contributesTo: [key], atMs: startMs });
    await eventually(async () => expect((await world.rows(key))[0]).toEqual(['mira', 30]));
    expect(entriesOf(await world.read(key)).map(({ kind }) => kind)).toEqual(['player']);
  });
});

describe('bots of a configuration', () => {
  const routes = configurationRoutes('leaderboards');

  it('are exported as they were stated, archived ones by key', async () => {
    const game = { ...world.scope, gameId: uuidV7() };
    const broken = { key: 'broken', name: 'Broken', behavior: { type: 'single', block: 'fly' } as never };
    expect(await world.configureSections({ identityPools: [sailors], bots: [runner, broken] }, game)).toEqual([]);
    const { studioId, gameId } = game;
    const { sections, archivedKeys } = await world.messenger.request(routes.export, { game: { studioId, gameId } });
    expect(sections.bots).toEqual([broken, runner]);
    expect(sections.identityPools).toEqual([sailors]);
    expect(archivedKeys).toMatchObject({ bots: [], identityPools: [] });
  });
});

async function kinds(leaderboardId: string): Promise<{ player: number; bot: number }> {
  const all = await entries(leaderboardId);
  const count = (kind: string) => all.filter((entry) => entry.kind === kind).length;
  return { player: count('player'), bot: count('bot') };
}
