import fc from 'fast-check';
import { HoldingOrder, type Revised } from './holding-order.js';

const frame = (revision: number, holding = 'economy:gold'): Revised => ({ holding, revision });
const ordering = (reached: [string, number][] = [], waitingMax = 64) =>
  new HoldingOrder<Revised>(new Map(reached), waitingMax);

describe('the order of frames', () => {
  it('begins after what was told before', () => {
    const sut = ordering([['economy:gold', 4]]);
    expect([4, 3, 5].flatMap((revision) => sut.take(frame(revision)))).toEqual([frame(5)]);
  });

  it('is kept by each holding for itself', () => {
    const sut = ordering();
    expect(sut.take(frame(2))).toEqual([]);
    expect(sut.take(frame(1, 'item:gold'))).toEqual([frame(1, 'item:gold')]);
    expect(sut.hasGap).toBe(true);
    expect(sut.take(frame(1))).toEqual([frame(1), frame(2)]);
    expect(sut.hasGap).toBe(false);
  });

  it('gives every frame once, whatever the order and however often it comes', () => {
    const revisions = fc.integer({ min: 1, max: 20 }).chain((count) => {
      const all = Array.from({ length: count }, (_, at) => at + 1);
      return fc.shuffledSubarray([...all, ...all], { minLength: 2 * count, maxLength: 2 * count });
    });
    fc.assert(
      fc.property(revisions, (shuffled) => {
        const sut = ordering();
        const told = shuffled.flatMap((revision) => sut.take(frame(revision))).map(({ revision }) => revision);
        expect(told).toEqual([...new Set(shuffled)].toSorted((a, b) => a - b));
        expect(sut.hasGap).toBe(false);
      }),
    );
  });

  it('knows when too many wait', () => {
    const sut = ordering([], 2);
    for (const revision of [2, 3, 4]) sut.take(frame(revision));
    expect(sut.isOverfull).toBe(true);
  });
});
