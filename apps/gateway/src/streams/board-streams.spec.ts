import { streamSubject, type StreamFrame } from '@kraty/contracts/leaderboards';
import { Logger } from '@kraty/platform/logging';
import type { Messenger } from '@kraty/platform/messaging';
import type { ApiKeys } from '../access/api-keys.service.js';
import { BoardChannels } from './board-channels.service.js';
import { BoardStreams } from './board-streams.service.js';
import { Heartbeats } from './heartbeats.service.js';
import type { SseConnection } from './sse-connection.js';
import type { SseFrames } from './sse-frames.js';

const scope = { studioId: 's', gameId: 'g', environment: 'live' } as const;

const frame = { event: 'score_update', data: {} } as unknown as StreamFrame;

async function turn(): Promise<void> {
  for (let times = 0; times < 4; times += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A bus that answers for all boards but those the spec silences, and readers that only count. */
function world() {
  const asked: string[] = [];
  const silent = new Set<string>();
  const heard = new Map<string, (frames: StreamFrame[]) => void>();
  const held: (() => void)[] = [];
  const sent: string[] = [];
  const messenger = {
    listen: (subject: string, hear: (frames: StreamFrame[]) => void) => {
      heard.set(subject, hear);
      return () => undefined;
    },
    request: (_route: unknown, { leaderboardId }: { leaderboardId: string }) => {
      asked.push(leaderboardId);
      if (silent.has(leaderboardId)) return new Promise(() => undefined);
      const answer = { leaderboardId, finalized: false };
      if (leaderboardId !== 'slow') return Promise.resolve(answer);
      return new Promise((resolve) => held.push(() => resolve(answer)));
    },
  } as unknown as Messenger;
  const keys = { onChange: () => undefined, find: () => undefined } as unknown as ApiKeys;
  const sut = new BoardChannels(new Heartbeats(), Logger.silent());
  const streams = new BoardStreams(sut, messenger, keys, Logger.silent());
  const leaves: (() => void)[] = [];
  let ended = 0;
  const open = async (leaderboardId: string): Promise<void> =>
    streams.open(scope, leaderboardId, 'pabcdefg', (onEnd) => {
      leaves.push(onEnd);
      const send = ({ bare }: SseFrames) => sent.push(bare.toString());
      return { send, end: () => (ended += 1), ended: false } as unknown as SseConnection;
    });
  const tell = (leaderboardId: string, frames: number): void =>
    heard.get(streamSubject(leaderboardId))!(Array.from({ length: frames }, () => frame));
  const answer = (): void => held.splice(0).forEach((letGo) => letGo());
  return { sut, asked, silent, open, leaves, ended: () => ended, tell, answer, sent };
}

describe('the watch of boards that are streamed', () => {
  it('is renewed for all of them although one gets no answer', async () => {
    const { sut, asked, silent, open } = world();
    for (const board of ['a', 'b', 'c']) await open(board);
    asked.length = 0;
    silent.add('a');
    void sut.round();
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
    await sut.round();
    expect(asked).toEqual(['a']);
    await sut.beforeApplicationShutdown();
  });
});

describe('a reader whose board is still being looked up', () => {
  it.each([
    [256, 0, 257],
    [257, 1, 1],
  ])('of %i frames meanwhile, is ended %i times and reads %i frames', async (frames, ends, reads) => {
    const { sut, open, ended, tell, answer, sent } = world();
    const opening = open('slow');
    tell('slow', 200);
    await turn();
    tell('slow', frames - 200);
    await turn();
    answer();
    await opening;
    expect(ended()).toBe(ends);
    expect(sent.join('').split('event: ')).toHaveLength(reads + 1);
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
