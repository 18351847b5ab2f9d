import { Readership } from './readership.js';
import type { OpenStream } from './sse-connection.js';
import { SseFrames } from './sse-frames.js';

class Told implements OpenStream {
  ended = false;
  readonly texts: string[] = [];

  send({ bare }: SseFrames): void {
    this.texts.push(bare.toString());
  }

  end(): void {
    this.ended = true;
  }
}

describe('streams by their credential', () => {
  it('end together, those of others go on, and who has left is forgotten', () => {
    const sut = new Readership<string>();
    const [one, two, other] = [new Told(), new Told(), new Told()];
    sut.add('a', 'proof', one);
    sut.add('a', 'proof', two);
    sut.add('b', 'other', other);
    expect(sut.open()).toEqual([
      ['a', 'proof'],
      ['b', 'other'],
    ]);
    sut.end('a', SseFrames.of({ event: 'closed', data: { reason: 'session' } }));
    sut.end('nobody');
    expect([one.ended, two.ended, other.ended]).toEqual([true, true, false]);
    expect(two.texts).toEqual(['event: closed\ndata: {"reason":"session"}\n\n']);
    expect(sut.open()).toEqual([['b', 'other']]);
  });
});
