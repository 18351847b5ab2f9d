import { Logger } from '@kraty/platform/logging';
import type { Messenger } from '@kraty/platform/messaging';
import type { ApiKeys } from '../access/api-keys.service.js';
import { BoardStreams } from './board-streams.service.js';
import type { SseConnection } from './sse-connection.js';

const scope = { studioId: 's', gameId: 'g', environment: 'live' } as const;

/** A bus that answers for all boards but those the spec silences, and readers that only count. */
function world() {
  const asked: string[] = [];
  const silent = new Set<string>();
  const messenger = {
    listen: () => () => undefined,
    request: (_route: unknown, { leaderboardId }: { leaderboardId: string }) => {
      asked.push(leaderboardId);
      if (silent.has(leaderboardId)) return new Promise(() => undefined);
      return Promise.resolve({ leaderboardId, finalized: false });
    },
  } as unknown as Messenger;
  const keys = { onChange: () => undefined, find: () => undefined } as unknown as ApiKeys;
  const sut = new BoardStreams(messenger, keys, Logger.silent());
  const leaves: (() => void)[] = [];
  let ended = 0;
  const open = async (leaderboardId: string): Promise<void> =>
    sut.open(scope, leaderboardId, 'pabcdefg', (onEnd) => {
      leaves.push(onEnd);
      return { send: () => undefined, end: () => (ended += 1), ended: false } as unknown as SseConnection;
    });
  return { sut, asked, silent, open, leaves, ended: () => ended };
}

describe('the watch of boards that are streamed', () => {
  it('is renewed for all of them although one gets no answer', async () => {
    const { sut, asked, silent, open } = world();
    for (const board of ['a', 'b', 'c']) await open(board);
    asked.length = 0;
    silent.add('a');
    void sut.refreshWatches();
    expect(asked).toEqual(['a', 'b', 'c']);
    await sut.beforeApplicationShutdown();
  });

  it('goes on for a board whose former reader leaves a second time', async () => {
    const { sut, asked, open, leaves } = world();
    await open('a');
    leaves[0]!();
    await open('a');
    leaves[0]!();
    asked.length = 0;
    await sut.refreshWatches();
    expect(asked).toEqual(['a']);
    await sut.beforeApplicationShutdown();
  });
});

describe('stopping', () => {
  it('ends the stream whose board was still being looked up', async () => {
    const { sut, open, ended } = world();
    await open('a');
    const opening = open('b');
    await sut.beforeApplicationShutdown();
    await opening;
    expect(ended()).toBe(2);
  });
});
