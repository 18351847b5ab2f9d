import type { BotBehavior } from '@kraty/contracts/leaderboards';
import { uuidV7 } from '@kraty/platform/ids';
import { Logger } from '@kraty/platform/logging';
import { statement } from '@kraty/platform/persistence';
import { BoardsStore } from '../boards/boards.store.js';
import { indexed, RanksWorld, startMs } from '../ranks/ranks.fixture.js';
import { Ranks } from '../ranks/ranks.service.js';
import { RanksStore, type Places } from '../ranks/ranks.store.js';
import { RowReads } from '../ranks/row-reads.service.js';
import { boardClock } from './board-clock.js';
import { bornBot } from './bot.js';
import { Crowds, countedRowsMax } from './crowds.service.js';
import type { Roster } from './roster.js';
import { Sights } from './sights.service.js';
import { SightsStore, type BoardCounts } from './sights.store.js';

const clock = boardClock(startMs, startMs + 7_200_000);
/** Asks for everything there is to see; the rank far down is read from places in the index. */
const curious: BotBehavior = {
  type: 'state_machine',
  initial: 'here',
  states: {
    here: {
      block: 'track_position',
      params: { targetRank: 5_000 },
      transitions: [{ when: { expr: 'rank > humanCount + participantCount + topScore + playerRank' }, to: 'there' }],
    },
    there: { block: 'match_player_pace' },
  },
};

/** Asks for a number alone. */
const modest: BotBehavior = {
  type: 'state_machine',
  initial: 'here',
  states: {
    here: { block: 'idle', transitions: [{ when: { expr: 'humanCount < 0' }, to: 'there' }] },
    there: { block: 'idle' },
  },
};

/** Tells how often the index was asked. */
class CountedRanks extends Ranks {
  asked = 0;

  override places(...asked: Parameters<Ranks['places']>): Promise<Places | null> {
    this.asked += 1;
    return super.places(...asked);
  }
}

/** Tells how often all rows were counted. */
class CountedSights extends SightsStore {
  counted = 0;

  override counts(...asked: Parameters<SightsStore['counts']>): Promise<BoardCounts> {
    this.counted += 1;
    return super.counts(...asked);
  }
}

let world: RanksWorld;

beforeAll(async () => {
  world = await RanksWorld.start();
});

afterAll(() => world.stop());

/** Time that has stood still goes on. */
afterEach(() => void Reflect.deleteProperty(performance, 'now'));

async function newProcess() {
  const { ranks, index: places, scores, redis } = await world.newProcess();
  const boards = new BoardsStore(world.database);
  const index = new CountedRanks(new RanksStore(redis), new RowReads(scores), scores, boards, Logger.silent());
  const store = new CountedSights();
  return {
    reader: { ranks, index: places },
    index,
    redis,
    store,
    sights: new Sights(store, new Crowds(index, store, scores)),
  };
}

type Process = Awaited<ReturnType<typeof newProcess>>;

const insertRows = statement(
  'spec-rows',
  `insert into board_entry (leaderboard_id, participant_id, kind, score, achieved_at, joined_only, revision)
   select $1, gen_random_uuid(), 'player', 2 * at, to_timestamp($3::float8 / 1000), false, 1
     from generate_series(1, $2::int) at`,
);
const insertBot = statement(
  'spec-bot',
  `insert into board_entry (leaderboard_id, participant_id, kind, score, achieved_at, joined_only, revision)
   values ($1, $2, 'bot', $3, to_timestamp($4::float8 / 1000), false, 1)`,
);

/** Humans with 2, 4, 6 … points, and bots of the given scores. */
async function newBoard(humans: number, botScores: readonly number[]): Promise<Roster> {
  const leaderboardId = uuidV7();
  await world.database.query(insertRows, [leaderboardId, humans, startMs]);
  const bots = [];
  for (const [slot, score] of botScores.entries()) {
    const participantId = uuidV7();
    await world.database.query(insertBot, [leaderboardId, participantId, score, startMs]);
    const bot = { slot, seed: '00', participantId, behavior: curious };
    const named = { botId: participantId, botKey: 'curious', botVersion: 1, name: 'Curious', avatar: null };
    bots.push({ ...bot, ...named, state: bornBot(bot, clock) });
  }
  return { leaderboardId, lastStep: 0, ticks: 0, countsTicks: false, revision: 1, bots };
}

const humanOf = statement(
  'spec-human',
  'select participant_id as id from board_entry where leaderboard_id = $1 and score = $2',
);

/** What bots see, in numbers. */
async function seen({ sights, index }: Process, roster: Roster, isLast = false) {
  const [human] = await world.database.query<{ id: string }>(humanOf, [roster.leaderboardId, 100]);
  const requesterId = human!.id;
  const told = isLast ? null : await sights.ahead(roster, 1, requesterId);
  const askedBefore = index.asked;
  const sight = await world.database.transaction((tx) => sights.of(tx, roster, 1, { requesterId, isLast, told }));
  // Locks do not wait for Redis.
  expect(index.asked).toBe(askedBefore);
  const { participantCount, humanCount, topScore } = sight;
  return {
    ...{ participantCount, humanCount, topScore },
    player: sight.human(requesterId),
    bots: roster.bots.map(({ participantId }) => sight.botRank(participantId)),
    far: sight.humanScoreAt(5_000),
    near: sight.humanScoreAt(1),
  };
}

describe('what bots see', () => {
  const many = countedRowsMax + 1_000;
  const expected = {
    participantCount: many + 2,
    humanCount: many,
    topScore: 2 * many,
    player: { score: 100, rank: many + 2 - 50 },
    bots: [2, many + 2 - 1],
    far: 2 * (many - 4_999),
    near: 2 * many,
  };
  const scores = [2 * many - 1, 3];

  it('of a large board comes from the rank index, and is what its rows say', async () => {
    const [process, roster] = [await newProcess(), await newBoard(many, scores)] as const;
    await indexed(process.reader, roster.leaderboardId);
    expect(await seen(process, roster)).toEqual(expected);
    expect(process.store.counted).toBe(0);
    expect(await seen(process, roster, true)).toEqual(expected);
    expect(process.store.counted).toBe(1);
  });

  it('of a large board comes from the index also for bots that nobody knew before they were locked', async () => {
    const [process, roster] = [await newProcess(), await newBoard(many, scores)] as const;
    await indexed(process.reader, roster.leaderboardId);
    const occasion = { requesterId: null, isLast: false };
    const none = await process.sights.ahead({ ...roster, bots: [] }, 1, null);
    const first = await process.sights.ahead({ ...roster, bots: roster.bots.slice(0, 1) }, 1, null);
    for (const told of [none, first]) {
      const sight = await world.database.transaction((tx) => process.sights.of(tx, roster, 1, { ...occasion, told }));
      expect(roster.bots.map(({ participantId }) => sight.botRank(participantId))).toEqual(expected.bots);
      expect(sight.humanCount).toBe(many);
    }
    expect(process.store.counted).toBe(0);
  });

  it('of a large board without an index is counted once in a while', async () => {
    const [process, roster] = [await newProcess(), await newBoard(many, scores)] as const;
    const nowMs = performance.now();
    performance.now = () => nowMs;
    for (let times = 0; times < 3; times += 1) expect(await seen(process, roster)).toEqual(expected);
    performance.now = () => nowMs + 5_000;
    expect(await seen(process, roster)).toEqual(expected);
    expect(process.store.counted).toBe(2);
  });

  it('of a large board without an index is what they ask for, whatever others have asked for before', async () => {
    const [process, roster] = [await newProcess(), await newBoard(many, scores)] as const;
    const others = roster.bots.map((bot) => ({ ...bot, behavior: modest }));
    expect(await seen(process, { ...roster, bots: others })).toMatchObject({ humanCount: many, far: null });
    expect(await seen(process, roster)).toEqual(expected);
    expect(process.store.counted).toBe(2);
  });

  it('when the board ends are its rows, also those the index has not heard of', async () => {
    const [process, roster] = [await newProcess(), await newBoard(many, scores)] as const;
    await indexed(process.reader, roster.leaderboardId);
    await world.database.query(insertBot, [roster.leaderboardId, uuidV7(), 1_000_000, startMs]);
    const { participantCount, bots } = await seen(process, roster, true);
    expect([participantCount, bots[0]]).toEqual([many + 3, 3]);
  });

  it('of a small board are its rows, whatever the index says', async () => {
    const [process, roster] = [await newProcess(), await newBoard(60, [99])] as const;
    await indexed(process.reader, roster.leaderboardId);
    await process.redis.zadd(`lb:{${roster.leaderboardId}}`, 1_000, '0000000000000:stranger');
    for (let times = 1; times <= 2; times += 1) {
      expect(await seen(process, roster)).toEqual({
        ...{ participantCount: 61, humanCount: 60, topScore: 120, player: { score: 100, rank: 11 } },
        ...{ bots: [12], far: 2, near: 120 },
      });
      expect(process.store.counted).toBe(times);
    }
    expect(process.index.asked).toBe(1);
  });

  it('is looked up only by bots that have a step to go', async () => {
    const [process, roster] = [await newProcess(), await newBoard(60, [99])] as const;
    const arrived = roster.bots.map((bot) => ({ ...bot, state: { ...bot.state, lastStep: 1 } }));
    const { participantCount } = await seen(process, { ...roster, bots: arrived });
    expect([participantCount, process.store.counted]).toEqual([0, 0]);
  });
});
