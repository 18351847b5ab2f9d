import { busy, fail } from '../errors/index.js';
import { backoffOf, deliveriesMax, deliveriesWhileAwayMax, judge } from './judge.js';

const noJitter = (): number => 0;

describe('judge', () => {
  it('is done when nothing was thrown', () => {
    expect(judge(undefined, 1)).toEqual({ kind: 'done' });
  });

  it('tries a fault of ours again, later each time', () => {
    const pauses = [1, 2, 3, 4, 5, 11].map((delivery) => judge(new Error('a fault'), delivery, noJitter));
    expect(pauses).toEqual(
      [1_000, 5_000, 30_000, 120_000, 120_000, 120_000].map((afterMs) => ({ kind: 'retry', afterMs })),
    );
  });

  it('tries again when another context is busy', () => {
    expect(judge(busy(), 1)).toMatchObject({ kind: 'retry' });
  });

  it('parks what the domain refuses, at once', () => {
    const verdict = judge(fail('invalid_metric', 'There is no such metric.'), 1);
    expect(verdict).toEqual({ kind: 'park', reason: 'refused: invalid_metric: There is no such metric.' });
  });

  it.each([
    ['another context', busy()],
    ['a store', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })],
  ])('goes on while %s is away for longer than any restart takes', (_, error) => {
    expect(judge(error, deliveriesMax, noJitter)).toEqual({ kind: 'retry', afterMs: 120_000 });
    expect(judge(error, deliveriesWhileAwayMax)).toMatchObject({ kind: 'park' });
  });

  it('parks a fault that does not go away', () => {
    expect(judge(new Error('a fault'), deliveriesMax - 1)).toMatchObject({ kind: 'retry' });
    expect(judge(new Error('a fault'), deliveriesMax)).toEqual({
      kind: 'park',
      reason: 'tried 12 times: Error: a fault',
    });
  });

  it('spreads retries by up to a fifth', () => {
    expect(backoffOf(1, () => 1)).toBe(1_200);
  });
});
