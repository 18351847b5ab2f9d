import { Controller, Module } from '@nestjs/common';
import { Client } from 'pg';
import type { Scope } from '@kraty/contracts/common';
import {
  describeEventBoard,
  eventBoardClosed,
  readBoardStandings,
  type BoardStanding,
  type EventBoardDescription,
} from '@kraty/contracts/events';
import { boardFinalized } from '@kraty/contracts/leaderboards';
import { defineService, startService, type RunningService } from '@kraty/platform/bootstrap';
import { ProcessConfiguration } from '@kraty/platform/configuration';
import { uuidV7 } from '@kraty/platform/ids';
import { HandleRequest, type Messenger } from '@kraty/platform/messaging';
import { eventually, startGround, type Ground } from '@kraty/testing/harness';
import { SplitSystem } from '@kraty/testing/world';

/**
 * The leaderboards process is killed with -9 while it compares the standings of a board, and again while it ranks them.
 * Each time it goes on after its restart, long before the broker would hand out the fact again.
 */
const participants = 20_000;
const goesOnWithinMs = 20_000;
/** The page at which the process dies for the first time; whoever asks for it again finds nobody to answer either. */
const fatalPage = 3;
const closedAt = '2026-11-01T13:00:00.000Z';
const closedMs = Date.parse(closedAt);

const scope: Scope = { studioId: uuidV7(), gameId: uuidV7(), environment: 'live' };
const board: EventBoardDescription = {
  leaderboardId: uuidV7(),
  scope,
  mode: 'global',
  scoreAggregation: 'best',
  eventId: uuidV7(),
  eventKey: 'daily',
  eventWindowId: uuidV7(),
  opensAt: '2026-11-01T12:00:00.000Z',
  closesAt: closedAt,
  segment: null,
  capacity: null,
  ladder: null,
  ladderCeiling: null,
  botBindings: [],
};
const { leaderboardId } = board;
/** Closed after the other: when it is frozen, what was told before it has been heard. */
const later: EventBoardDescription = { ...board, leaderboardId: uuidV7(), mode: 'none' };

/** In the order of their ids, as events tells them; many share a score, and a moment. */
const standings = Array.from({ length: participants }, (_, at): BoardStanding => ({
  playerId: uuidV7(),
  score: (at * 7_919) % 500,
  achievedAtMs: closedMs - 60_000 + (at % 50),
})).toSorted((left, right) => (left.playerId < right.playerId ? -1 : 1));

const ranked = standings
  .toSorted(
    (left, right) =>
      right.score! - left.score! || left.achievedAtMs - right.achievedAtMs || (left.playerId < right.playerId ? 1 : -1),
  )
  .map(({ playerId, score }, at) => ({ rank: at + 1, participantId: playerId, score }));

let ground: Ground;
let system: SplitSystem;
let messenger: Messenger;
let events: RunningService;

/** After which players pages were asked for. */
const askedAfter: (string | null)[] = [];
/** Told when the fatal page is asked for; its answer comes when nobody is left to hear it. */
let fatal: { reached: () => void; over: Promise<void> } | null = null;

@Controller()
class Events {
  @HandleRequest(describeEventBoard)
  describe(question: { leaderboardId: string }) {
    return { board: question.leaderboardId === leaderboardId ? board : later };
  }

  @HandleRequest(readBoardStandings)
  async read({ afterPlayerId, limit }: { afterPlayerId: string | null; limit: number }) {
    askedAfter.push(afterPlayerId);
    if (fatal && askedAfter.length >= fatalPage) {
      fatal.reached();
      await fatal.over;
    }
    const from = afterPlayerId === null ? 0 : standings.findIndex(({ playerId }) => playerId === afterPlayerId) + 1;
    return { standings: standings.slice(from, from + limit) };
  }
}

@Module({ controllers: [Events] })
class EventsDouble {}

beforeAll(async () => {
  ground = await startGround({ services: ['leaderboards'], ownPostgres: true });
  messenger = await ground.messenger();
  events = await startService(
    defineService({ name: 'events', module: EventsDouble, configuration: ProcessConfiguration }),
    { environment: { NATS_URL: ground.natsUrl, LOG_LEVEL: 'warn' } },
  );
  system = await SplitSystem.start(['leaderboards'], ground, {});
});

afterAll(async () => {
  await system?.stop();
  await events?.stop();
  await ground?.stop();
});

const rows = <R extends object>(text: string, values: unknown[] = []): Promise<R[]> =>
  ground.sql<R>('leaderboards', text, values);

function close({ leaderboardId, eventId, eventWindowId } = board): void {
  const payload = { leaderboardId, eventId, eventWindowId, reason: 'window_closed', closedAt };
  const { subject } = eventBoardClosed;
  const fact = { id: uuidV7(), type: subject, scope, aggregateId: leaderboardId, revision: 1, occurredAt: closedAt };
  messenger.broadcast(subject, { id: uuidV7(), subject, facts: [{ ...fact, payload }] });
}

/** Dies at the third page: two have been asked for, one at least is written. */
async function killWhileComparing(): Promise<void> {
  let isOver = (): void => undefined;
  const over = new Promise<void>((resolve) => (isOver = resolve));
  const reached = new Promise<void>((resolve) => (fatal = { reached: resolve, over }));
  close();
  await reached;
  await eventually(async () => expect((await progress()).read).toBeGreaterThan(0));
  await system.kill('leaderboards');
  fatal = null;
  isOver();
}

/** Dies while it waits for the board's row, which is ours: everything is compared, nothing is ranked for good. */
async function killWhileRanking(): Promise<void> {
  const client = new Client({ connectionString: ground.environment('leaderboards').DATABASE_URL });
  await client.connect();
  await client.query('begin');
  await client.query('select from board where leaderboard_id = $1 for update', [leaderboardId]);
  try {
    await system.restart('leaderboards');
    await eventually(async () => expect(await progress()).toEqual({ read: participants, done: true }), {
      withinMs: goesOnWithinMs,
    });
    await system.kill('leaderboards');
  } finally {
    await client.end();
  }
}

async function progress(): Promise<{ read: number; done: boolean } | Record<string, never>> {
  const [row] = await rows<{ read: number; done: boolean }>(
    'select standings_read as read, all_read as done from board_freeze where leaderboard_id = $1',
    [leaderboardId],
  );
  return row ?? {};
}

it('freezes a board once and whole, wherever its process is killed', async () => {
  await killWhileComparing();
  await killWhileRanking();
  expect(await rows('select from leaderboard_entry')).toHaveLength(0);
  const pages = askedAfter.length;

  await system.restart('leaderboards');
  await eventually(async () => expect(await progress()).toEqual({}), { withinMs: goesOnWithinMs });

  const frozen = await rows(
    'select rank, participant_id as "participantId", score from leaderboard_entry order by rank',
  );
  expect(frozen).toEqual(ranked);
  const [state] = await rows(
    'select finalized_at as at, finalized_reason as reason from board where leaderboard_id = $1',
    [leaderboardId],
  );
  expect(state).toEqual({ at: new Date(closedAt), reason: 'window_closed' });
  // What was compared before the first kill was not asked for again, nor anything after the second.
  expect(askedAfter.filter((after) => after === null)).toHaveLength(1);
  expect(askedAfter).toHaveLength(pages);

  close();
  close(later);
  const told = 'select payload from outbox where subject = $1 order by seq';
  const payloads = await eventually(async () => {
    const found = await rows<{ payload: string }>(told, [boardFinalized.subject]);
    expect(found.at(-1)?.payload).toContain(later.leaderboardId);
    return found;
  });
  expect(payloads).toHaveLength(2);
}, 240_000);
