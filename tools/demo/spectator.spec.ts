import { Frames } from './spectator.mjs';

describe('the frames of a stream', () => {
  it('are whole, however the text was cut, and without the heartbeat', () => {
    const text =
      'event: ready\ndata: {"finalized":false}\n\n: hb\n\nevent: score_update\ndata: {"score":41}\n\nevent: sc';
    const expected = [
      { event: 'ready', data: { finalized: false } },
      { event: 'score_update', data: { score: 41 } },
    ];
    expect(new Frames().take(text)).toEqual(expected);
    const cut = new Frames();
    expect([...text].flatMap((character) => cut.take(character))).toEqual(expected);
  });
});
