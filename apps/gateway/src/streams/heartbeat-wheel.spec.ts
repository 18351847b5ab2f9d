import { HeartbeatWheel } from './heartbeat-wheel.js';
import type { OpenStream } from './sse-connection.js';

/** A stream that only counts. */
class Counted implements OpenStream {
  ended = false;
  beats = 0;

  send({ bare }: { bare: Buffer }): void {
    if (bare.toString() === ': hb\n\n') this.beats += 1;
  }

  end(): void {
    this.ended = true;
  }
}

describe('the heartbeats of many streams', () => {
  it('come every 15 s from each opening, the first at most a quarter of a second early', () => {
    const sut = new HeartbeatWheel(0);
    const opened = [0, 100, 249, 250, 7_400, 14_999];
    const streams = opened.map(() => new Counted());
    const beats = streams.map((): number[] => []);
    for (let nowMs = 0; nowMs <= 60_000; nowMs += 1) {
      sut.sweep(nowMs);
      for (const [at, stream] of streams.entries()) {
        if (opened[at] === nowMs) sut.add(stream);
        if (stream.beats > beats[at]!.length) beats[at]!.push(nowMs);
      }
    }
    for (const [at, times] of beats.entries()) {
      const first = times[0]! - opened[at]!;
      expect([first > 14_750, first <= 15_000, times.length >= 3]).toEqual([true, true, true]);
      for (const [n, time] of times.entries()) expect(time).toBe(times[0]! + n * 15_000);
    }
  });

  it('are not missed by a process that was busy, nor sent twice', () => {
    const sut = new HeartbeatWheel(0);
    const [one, other] = [new Counted(), new Counted()];
    sut.add(one);
    sut.sweep(3_000);
    sut.add(other);
    sut.sweep(20_000);
    expect([one.beats, other.beats]).toEqual([1, 1]);
    sut.sweep(10 * 60_000);
    expect([one.beats, other.beats]).toEqual([2, 2]);
  });

  it('end with the stream, and end one that has lived long enough', () => {
    const sut = new HeartbeatWheel(0);
    const [gone, old] = [new Counted(), new Counted()];
    sut.add(gone);
    sut.add(old, 30_000);
    gone.end();
    sut.sweep(15_000);
    expect([gone.beats, old.beats, old.ended]).toEqual([0, 1, false]);
    sut.sweep(30_000);
    expect([old.beats, old.ended]).toEqual([1, true]);
  });
});
