import { attemptOverridden, type ScoreAggregation } from '@kraty/contracts/events';
import { boardFinalized, readFinalStandings } from '@kraty/contracts/leaderboards';
import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { entriesOf } from '../boards-world.fixture.js';
import { Rosters } from '../bots/rosters.service.js';
import { MergesWorld } from './merges-world.fixture.js';

let world: MergesWorld;

beforeAll(async () => {
  world = await MergesWorld.start('2026-06-17T12:00:00.000Z');
});

afterAll(() => world.boards.stop());

const open = (scoreAggregation: ScoreAggregation = 'best') => world.boards.openBoard({ scoreAggregation });
const read = (board: string, rows: unknown) => eventually(async () => expect(await world.rows(board)).toEqual(rows));

describe('a frozen list', () => {
  const frozen = async (names: string[]) => {
    const board = open();
    const players = names.map((name) => world.boards.player(name));
    players.forEach((playerId, at) => world.score(board, playerId, 100 - at));
    await eventually(async () => expect(await world.rows(board)).toHaveLength(names.length));
    const done = new Promise<void>((resolve) => {
      const stop = world.boards.messenger.onFact(boardFinalized, ({ payload }) => {
        if (payload.leaderboardId !== board) return;
        stop();
        resolve();
      });
    });
    world.boards.closeBoard(board, []);
    await done;
    return { board, players };
  };
  const ranks = async (board: string) =>
    entriesOf(await world.read(board)).map(({ name, rank, score }) => [name, rank, score]);

  it('keeps its ranks under the name of the target, and of two rows the better one', async () => {
    const { board, players } = await frozen(['top', 'guest', 'middle', 'account', 'last']);
    const [, guest, , account, last] = players as [string, string, string, string, string];
    const alone = await frozen(['winner', 'guest']);
    expect((await ranks(board)).map(([, rank]) => rank)).toEqual([1, 2, 3, 4, 5]);
    expect(await world.merge(guest, account)).toEqual({ leaderboardsScrubbed: 1 });
    await world.merge(alone.players[1]!, world.boards.player('late'));
    expect(await ranks(board)).toEqual([
      ['top', 1, 100],
      ['account', 2, 99],
      ['middle', 3, 98],
      ['last', 5, 96],
    ]);
    expect(await world.read(board, last)).toMatchObject({ self: { rank: 5, score: 96 }, selfIndex: 3 });
    expect((await ranks(alone.board)).map(([name]) => name)).toEqual(['winner', 'late']);
    const asked = { scope: world.boards.scope, leaderboardId: board, afterRank: 1, limit: 1 };
    const { standings } = await world.boards.messenger.request(readFinalStandings, asked);
    expect(standings).toMatchObject([
      { participantId: account, rankedAs: guest, rank: 2, externalPlayerId: 'account' },
    ]);
  });

  it('knows whom a row was frozen for, also when an operator has had the ranks made anew', async () => {
    const { board, players } = await frozen(['winner', 'guest']);
    const [winner, guest] = players as [string, string];
    const account = world.boards.player('account');
    await world.merge(guest, account);
    const { clock, others } = world.boards;
    others.standing = () => ({ playerId: winner, score: 1, achievedAtMs: clock.nowMs() });
    const attemptId = uuidV7();
    world.boards.publish(attemptOverridden, attemptId, 2, {
      ...{ attemptId, eventId: uuidV7(), eventKey: 'daily', eventWindowId: uuidV7(), leaderboardId: board },
      ...{ playerId: winner, externalPlayerId: 'winner', score: 1, scoreChanged: true, contributesTo: [] },
      ...{ playerContext: null, lastWrittenAtMs: clock.nowMs(), completedAt: clock.now().toISOString(), forced: true },
    });
    await eventually(async () => expect((await ranks(board)).map(([, , score]) => score)).toEqual([99, 1]));
    others.standing = null;
    const asked = { scope: world.boards.scope, leaderboardId: board, afterRank: 0, limit: 1 };
    const { standings } = await world.boards.messenger.request(readFinalStandings, asked);
    expect(standings).toMatchObject([{ participantId: account, rankedAs: guest, rank: 1 }]);
  });

  it('holds a player once, and all of both, though the standings it was told still name who has gone', async () => {
    const [board, both] = [open(), open('sum')];
    const { guest, account } = world.pair();
    world.score(board, account, 4);
    world.score(both, account, 4);
    world.score(both, guest, 6);
    await read(board, [['account', 4]]);
    await eventually(async () => expect(await world.rows(both)).toHaveLength(2));
    await world.merge(guest, account);
    const achievedAtMs = world.boards.clock.nowMs();
    const { others } = world.boards;
    others.standing = () => ({ playerId: account, score: 10, achievedAtMs });
    for (const list of [board, both]) {
      world.boards.closeBoard(list, [
        { playerId: guest, score: 6, achievedAtMs },
        { playerId: account, score: 4, achievedAtMs },
      ]);
      await eventually(async () => expect(await world.read(list)).toMatchObject({ board: { finalized: true } }));
      expect(await ranks(list)).toEqual([['account', 1, 10]]);
    }
    others.standing = null;
  });

  it('holds what events tells at last, though a merge began just before its ranks were made', async () => {
    const board = open('sum');
    const { guest, account } = world.pair();
    world.score(board, guest, 6);
    world.score(board, account, 4);
    await eventually(async () => expect(await world.rows(board)).toHaveLength(2));
    const achievedAtMs = world.boards.clock.nowMs();
    const { others } = world.boards;
    others.standing = () => ({ playerId: account, score: 10, achievedAtMs });
    const rosters = world.boards.host.service('leaderboards').app.get(Rosters);
    const finish = rosters.finish.bind(rosters);
    let merging: Promise<unknown> | null = null;
    Object.assign(rosters, {
      finish: async (...given: Parameters<Rosters['finish']>) => {
        await (merging ??= world.merge(guest, account));
        return finish(...given);
      },
    });
    // The page of the guest was read before its attempts changed hands, that of the account after.
    world.boards.closeBoard(board, [
      { playerId: guest, score: 6, achievedAtMs },
      { playerId: account, score: 10, achievedAtMs },
    ]);
    await eventually(async () => expect(await world.read(board)).toMatchObject({ board: { finalized: true } }));
    Reflect.deleteProperty(rosters, 'finish');
    others.standing = null;
    expect(await ranks(board)).toEqual([['account', 1, 10]]);
  });
});
