import { WatchedLists } from './watched-lists.js';

describe('lists that operators watch', () => {
  it('are those of the last forty seconds', () => {
    const sut = new WatchedLists();
    expect([sut.isEmpty, sut.has('a', 0)]).toEqual([true, false]);
    sut.note('a', 0);
    sut.note('b', 20_000);
    expect([sut.has('a', 39_999), sut.has('a', 40_000), sut.has('b', 40_000)]).toEqual([true, false, true]);
    sut.note('b', 50_000);
    expect(sut.has('b', 89_999)).toBe(true);
    expect(sut.has('b', 90_000)).toBe(false);
    expect(sut.isEmpty).toBe(true);
  });

  it('are forgotten once they have gone by, though nobody asks for them, and are never too many', () => {
    const sut = new WatchedLists();
    for (let at = 0; at < 10_001; at += 1) sut.note(`list-${at}`, 0);
    expect([sut.has('list-0', 1), sut.has('list-1', 1)]).toEqual([false, true]);
    sut.note('last', 40_000);
    expect([sut.has('last', 40_001), sut.has('list-10000', 1)]).toEqual([true, false]);
  });
});
