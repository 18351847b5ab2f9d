import type { Scope } from '@kraty/contracts/common';
import { attemptScored, attemptStarted, eventBoardOpened, type AttemptScored } from '@kraty/contracts/events';
import { playerChanged } from '@kraty/contracts/identity';
import { readEventBoard, type BoardEntry, type EventBoardView } from '@kraty/contracts/leaderboards';
import type { FactType } from '@kraty/contracts/messages';
import { uuidV7 } from '@kraty/platform/ids';
import type { Messenger } from '@kraty/platform/messaging';
import { eventually, startGround, startHost, type Ground, type Host } from '@kraty/testing/harness';

const scope: Scope = { studioId: uuidV7(), gameId: uuidV7(), environment: 'live' };
const startMs = Date.UTC(2026, 10, 1, 12);

let ground: Ground;
let host: Host;
let messenger: Messenger;

beforeAll(async () => {
  ground = await startGround({ services: ['leaderboards'] });
  host = await startHost(['leaderboards'], ground);
  messenger = await ground.messenger();
});

afterAll(async () => {
  await host.stop();
  await ground.stop();
});

/** What the events context would publish. */
function publish<P>(type: FactType<P>, aggregateId: string, revision: number, payload: P): void {
  const subject = type.partitions > 1 ? `${type.subject}.0` : type.subject;
  const fact = {
    id: uuidV7(),
    type: type.subject,
    scope,
    aggregateId,
    revision,
    occurredAt: new Date().toISOString(),
    payload,
  };
  messenger.broadcast(subject, { id: uuidV7(), subject, facts: [fact] });
}

/** Known, so that no score has to come a second time because its board was not. */
async function openBoard(): Promise<string> {
  const leaderboardId = uuidV7();
  const [eventId, eventWindowId] = [uuidV7(), uuidV7()];
  const opensAt = new Date(startMs).toISOString();
  const closesAt = new Date(startMs + 86_400_000).toISOString();
  publish(eventBoardOpened, leaderboardId, 1, {
    leaderboardId,
    scope,
    mode: 'global',
    scoreAggregation: 'best',
    eventId,
    eventKey: 'daily',
    eventWindowId,
    opensAt,
    closesAt,
    segment: null,
    capacity: null,
    ladder: null,
    ladderCeiling: null,
    botBindings: [],
  });
  const text = 'select from board where leaderboard_id = $1';
  const isKnown = async () => expect(await ground.sql('leaderboards', text, [leaderboardId])).toHaveLength(1);
  await eventually(isKnown);
  return leaderboardId;
}

function score(leaderboardId: string, playerId: string, revision: number, bestScore: number, atMs: number): void {
  const attemptId = playerId;
  const payload: AttemptScored = {
    attemptId,
    eventId: uuidV7(),
    eventWindowId: uuidV7(),
    leaderboardId,
    playerId,
    score: bestScore,
    bestScore,
    bestAtMs: atMs,
    writtenAtMs: atMs,
  };
  publish(attemptScored, attemptId, revision, payload);
}

function name(playerId: string, displayName: string, revision = 1): void {
  publish(playerChanged, playerId, revision, {
    playerId,
    externalPlayerId: displayName,
    displayName,
    displayAvatar: null,
    anonymizedName: 'Quiet Heron',
    anonymizedAvatar: null,
    country: null,
    metadata: {},
  });
}

const read = (leaderboardId: string, selfPlayerId: string | null = null, limit = 50): Promise<EventBoardView> =>
  messenger.request(readEventBoard, { scope, leaderboardId, limit, selfPlayerId, progression: [], knownView: null });

const rowsOf = (view: EventBoardView): BoardEntry[] => view.entries!.map((text) => JSON.parse(text) as BoardEntry);
const standing = (view: EventBoardView) =>
  rowsOf(view).map(({ participantId, score: points, rank }) => [participantId, points, rank]);

describe('a live board', () => {
  it('ranks by score, of equal scores the earlier first, whatever the order of arrival', async () => {
    const board = await openBoard();
    const [a, b, c, d] = [uuidV7(), uuidV7(), uuidV7(), uuidV7()] as const;
    for (const [player, label] of [
      [a, 'a'],
      [b, 'b'],
      [c, 'c'],
      [d, 'd'],
    ] as const)
      name(player, label);
    score(board, d, 1, 70, startMs + 9_500);
    score(board, a, 2, 90, startMs + 10_050);
    score(board, a, 1, 10, startMs + 9_000);
    score(board, b, 1, 90, startMs + 10_010);
    score(board, c, 1, 70, startMs + 9_000);
    await eventually(async () =>
      expect(standing(await read(board))).toEqual([
        [b, 90, 1],
        [a, 90, 2],
        [c, 70, 3],
        [d, 70, 4],
      ]),
    );
    // Names are another consumer's.
    await eventually(async () => {
      const view = await read(board, d, 2);
      expect(view.self).toEqual({ rank: 4, score: 70 });
      expect(rowsOf(view).map((row) => row.name)).toEqual(['b', 'a']);
    });
  });

  it('shows a registered player with 0 until the first write, even a negative one', async () => {
    const board = await openBoard();
    const player = uuidV7();
    name(player, 'mira');
    publish(attemptStarted, player, 0, {
      attemptId: player,
      eventId: uuidV7(),
      eventKey: 'daily',
      eventWindowId: uuidV7(),
      leaderboardId: board,
      playerId: player,
      startedAt: new Date(startMs).toISOString(),
      playerContext: null,
    });
    await eventually(async () => expect((await read(board, player)).self).toEqual({ rank: 1, score: 0 }));
    score(board, player, 1, -5, startMs + 1_000);
    await eventually(async () => expect((await read(board, player)).self).toEqual({ rank: 1, score: -5 }));
  });

  it('reads the same after Redis has lost everything', async () => {
    const board = await openBoard();
    const players = Array.from({ length: 30 }, () => uuidV7());
    players.forEach((player, index) => score(board, player, 1, index % 7, startMs + index));
    await eventually(async () => expect(rowsOf(await read(board))).toHaveLength(30));
    const before = await read(board, players[3]);
    await ground.flushRedis();
    expect(await read(board, players[3])).toEqual(before);
    score(board, players[3]!, 2, 1_000, startMs + 99);
    await eventually(async () => expect((await read(board, players[3])).self).toMatchObject({ rank: 1, score: 1_000 }));
  });

  it('shows the newest score although an index made anew counts its versions from the start', async () => {
    const board = await openBoard();
    const player = uuidV7();
    score(board, player, 1, 10, startMs);
    // Not read before the score is there, so that the view kept below is of the index's first version.
    await eventually(async () =>
      expect(
        await ground.sql('leaderboards', 'select from board_entry where leaderboard_id = $1', [board]),
      ).toHaveLength(1),
    );
    expect(standing(await read(board))).toEqual([[player, 10, 1]]);
    score(board, player, 2, 20, startMs + 1);
    // Another limit is another view, so the one above stays as it was.
    await eventually(async () => expect((await read(board, player, 1)).self).toMatchObject({ score: 20 }));
    await ground.flushRedis();
    expect(standing(await read(board))).toEqual([[player, 20, 1]]);
  });

  it('ranks what a process had committed when it was killed before it told Redis', async () => {
    const board = await openBoard();
    const [first, second] = [uuidV7(), uuidV7()] as const;
    score(board, first, 1, 10, startMs);
    await eventually(async () => expect((await read(board)).entries).toHaveLength(1));
    await ground.sql(
      'leaderboards',
      `insert into board_entry (leaderboard_id, participant_id, kind, score, achieved_at, joined_only, revision)
       values ($1, $2, 'player', 50, $3, false, 1)`,
      [board, second, new Date(startMs + 5)],
    );
    // Its fact was never acknowledged, so the broker hands it out again.
    score(board, second, 1, 50, startMs + 5);
    await eventually(async () => expect((await read(board, second)).self).toMatchObject({ rank: 1, score: 50 }));
  });

  it('sends the rows again only when they have changed', async () => {
    const board = await openBoard();
    const player = uuidV7();
    name(player, 'mira');
    score(board, player, 1, 5, startMs);
    await eventually(async () => expect(rowsOf(await read(board))).toMatchObject([{ name: 'mira' }]));
    const { view } = await read(board);
    const again = await messenger.request(readEventBoard, {
      scope,
      leaderboardId: board,
      limit: 50,
      selfPlayerId: player,
      progression: [],
      knownView: view,
    });
    expect(again).toMatchObject({ view, entries: null, self: { rank: 1, score: 5 } });
  });

  it('is not found by another tenant', async () => {
    const board = await openBoard();
    await eventually(async () => expect(rowsOf(await read(board))).toEqual([]));
    const other = { ...scope, environment: 'test' as const };
    const question = {
      scope: other,
      leaderboardId: board,
      limit: 1,
      selfPlayerId: null,
      progression: [],
      knownView: null,
    };
    await expect(messenger.request(readEventBoard, question)).rejects.toMatchObject({ code: 'not_found' });
  });
});
