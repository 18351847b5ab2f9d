import { Logger } from '@kraty/platform/logging';
import { BoardChannel } from './board-channel.js';
import type { SseConnection } from './sse-connection.js';
import type { SseFrames, SseFrame } from './sse-frames.js';

const update = { event: 'score_update', data: { score: 1 } };
const finalized = { event: 'finalized', data: {} };

/** A channel with readers that note what is written to them, by identity. */
function world(readers: number) {
  let hear: (frames: SseFrame[]) => void = () => undefined;
  const source = {
    leaderboardId: 'board',
    listen: (callback: typeof hear) => {
      hear = callback;
      return () => undefined;
    },
    finalized: false,
    describe: () => Promise.resolve({ finalized: source.finalized }),
  };
  const sut = new BoardChannel(source, Logger.silent());
  let ended = 0;
  let first = (): void => undefined;
  const reader = () => {
    const told: SseFrames[] = [];
    const send = (frames: SseFrames): void => {
      told.push(frames);
      const once = first;
      first = () => undefined;
      once();
    };
    const connection = { ended: false, send, end: () => (ended += 1) };
    return { told, reader: Object.assign(sut.expect(), { connection: connection as unknown as SseConnection }) };
  };
  const written = Array.from({ length: readers }, () => {
    const { told, reader: welcome } = reader();
    sut.greet(welcome, false);
    told.length = 0;
    return told;
  });
  const onFirst = (then: () => void): void => void (first = then);
  return { sut, source, reader, hear: (frames: SseFrame[]) => hear(frames), written, ended: () => ended, onFirst };
}

const eventsOf = (told: SseFrames[]): string[] => told.flatMap(({ bare }) => bare.toString().match(/(?<=event: ).*/g)!);

async function until(isTrue: () => boolean): Promise<void> {
  for (let turns = 0; turns < 10_000 && !isTrue(); turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('the channel of a board', () => {
  it('makes bytes once for all readers, and sends together what came together', async () => {
    const { hear, written } = world(1_200);
    for (let count = 0; count < 5; count += 1) hear([update, update]);
    await until(() => written.every(({ length }) => length > 0));
    expect(written.map(([frames]) => frames)).toEqual(Array(1_200).fill(written[0]![0]));
    expect(new Set(written.map(([frames]) => frames)).size).toBe(1);
    expect([written[0]!.length, written[0]![0]!.count]).toEqual([1, 10]);
  });

  it('goes on with what comes while it writes, in order', async () => {
    const { hear, written, onFirst } = world(3);
    onFirst(() => hear([{ event: 'score_update', data: { score: 2 } }]));
    hear([update]);
    await until(() => written.at(-1)!.length === 2);
    for (const told of written) {
      expect(told.map(({ bare }) => bare.toString())).toEqual([
        'event: score_update\ndata: {"score":1}\n\n',
        'event: score_update\ndata: {"score":2}\n\n',
      ]);
    }
  });

  it('lets others come between when writing takes long', async () => {
    const { hear, written, onFirst } = world(100);
    const { now } = performance;
    let nowMs = 0;
    performance.now = () => (nowMs += 10);
    let between = -1;
    onFirst(() => setImmediate(() => (between = written.filter(({ length }) => length > 0).length)));
    hear([update]);
    await until(() => written.at(-1)!.length === 1);
    performance.now = now;
    expect(between).toBe(16);
  });

  it('ends its streams rather than keep more than it may, also one that is on its way in', async () => {
    const { hear, written, ended, sut, reader } = world(2);
    const late = reader();
    for (let count = 0; count < 10; count += 1) hear(Array(1_000).fill(update));
    expect(ended()).toBe(0);
    hear([update]);
    expect(ended()).toBe(2);
    sut.greet(late.reader, false);
    expect([ended(), late.told.length]).toEqual([3, 1]);
    hear([update]);
    await until(() => written.every(({ length }) => length === 1));
    expect(written.map(([frames]) => frames!.count)).toEqual([1, 1]);
  });

  it('tells every reader of the end once, and ends it', async () => {
    const { hear, written, ended } = world(3);
    hear([update, finalized]);
    await until(() => ended() === 3);
    const [frames, closed] = written[0]!;
    expect([frames!.count, frames!.isLast]).toEqual([2, true]);
    expect(closed!.bare.toString()).toBe('event: closed\ndata: {"leaderboardId":"board","finalized":true}\n\n');
  });

  it('tells nothing between the end and `closed`, whatever comes with it or after', async () => {
    const { hear, written, ended, sut, reader } = world(2);
    const late = reader();
    hear([update, finalized, update]);
    hear([finalized]);
    hear([update]);
    await until(() => ended() === 2);
    sut.greet(late.reader, false);
    expect(written.map(eventsOf)).toEqual(Array(2).fill(['score_update', 'finalized', 'closed']));
    expect(eventsOf(late.told)).toEqual(['ready', 'score_update', 'finalized', 'closed']);
  });

  it('waits for the last frame of a board that it finds frozen, which may be on its way', async () => {
    const { sut, source, hear, written, ended } = world(1);
    source.finalized = true;
    await sut.refresh();
    expect(ended()).toBe(0);
    hear([finalized]);
    await until(() => ended() === 1);
    expect(eventsOf(written[0]!)).toEqual(['finalized', 'closed']);
  });

  it('ends for a reader that has missed the last frame', async () => {
    const { sut, source, written, ended } = world(1);
    source.finalized = true;
    await sut.refresh();
    await sut.refresh();
    expect([ended(), eventsOf(written[0]!)]).toEqual([1, ['closed']]);
  });
});
