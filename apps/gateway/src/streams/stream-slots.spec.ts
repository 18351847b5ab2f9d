import { StreamSlots } from './stream-slots.js';

describe('the slots of a player', () => {
  it('end the oldest for the sixth', () => {
    const sut = new StreamSlots(5);
    const ended = ['a', 'b', 'c', 'd', 'e'].flatMap((id) => sut.openOwn(id));
    expect(ended).toEqual([]);
    expect(sut.openOwn('f')).toEqual(['a']);
    sut.closed('a');
    expect(sut.openOwn('g')).toEqual(['b']);
  });

  it('count streams of other processes that opened later, and not those that have ended', () => {
    const sut = new StreamSlots(2);
    sut.openOwn('a');
    expect(sut.opened('x')).toEqual([]);
    sut.closed('x');
    expect(sut.opened('y')).toEqual([]);
    expect(sut.opened('z')).toEqual(['a']);
  });

  it('hear of an own stream without counting it twice', () => {
    const sut = new StreamSlots(2);
    sut.openOwn('a');
    sut.openOwn('b');
    expect([...sut.opened('b'), ...sut.opened('b')]).toEqual([]);
  });
});
