import { ViewCache } from './view-cache.js';

const rowsOf = (text: string) => ({ view: text, rows: [text.repeat(1_000)] });

describe('ViewCache', () => {
  it('keeps a view for its time and its version', () => {
    const sut = new ViewCache(2_000);
    sut.set('a', '7', rowsOf('x'), 0);
    expect(sut.get('a', '7', 1_999)).toEqual(rowsOf('x'));
    expect(sut.get('a', '8', 1_999)).toBeNull();
    expect(sut.get('a', '7', 2_000)).toBeNull();
  });

  it('lets the oldest views go when callers ask for too many different ones', () => {
    const sut = new ViewCache(2_000, 5_000);
    for (let view = 0; view < 100; view += 1) sut.set(`board ${view}`, '7', rowsOf('x'), 0);
    const kept = Array.from({ length: 100 }, (_, view) => sut.get(`board ${view}`, '7', 0) !== null);
    expect(kept.filter(Boolean)).toHaveLength(3);
    expect(kept.slice(-3)).toEqual([true, true, true]);
  });

  it('counts a view that is stored again once', () => {
    const sut = new ViewCache(2_000, 5_000);
    sut.set('other', '1', rowsOf('y'), 0);
    for (let version = 0; version < 50; version += 1) sut.set('a', String(version), rowsOf('x'), 0);
    expect(sut.get('other', '1', 0)).toEqual(rowsOf('y'));
  });
});
