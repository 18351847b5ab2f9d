import fc from 'fast-check';
import type { ValidatorRef } from '@kraty/contracts/events';
import { violationsOf } from './validators.js';

const rate: ValidatorRef = { key: 'max_metric_rate', params: { metricKey: 'score', maxPerSecond: 1_000 } };
const jump: ValidatorRef = {
  key: 'max_metric_jump',
  params: { metricKey: 'score', maxDelta: 5_000, verdict: 'reject' },
};
const duration: ValidatorRef = {
  key: 'min_attempt_duration',
  params: { metricKey: 'score', minSeconds: 10, target: 1_000 },
};
const all = [rate, jump, duration];

const judged = (validators: ValidatorRef[], ageSeconds: number, prev: number, next: number) =>
  violationsOf(validators, { before: { score: prev }, proposed: { score: next }, ageSeconds });

describe('the worked rows of the specification (05 §14)', () => {
  it.each([
    [20, 400, 900, []],
    [4, 0, 1_200, ['flag: score reached 1000 after 4 s, before minSeconds 10']],
    [
      0.5,
      0,
      1_500,
      [
        'flag: score 1500 after 0.5 s exceeds maxPerSecond 1000',
        'flag: score reached 1000 after 0.5 s, before minSeconds 10',
      ],
    ],
    [
      3,
      0,
      6_000,
      ['flag: score 6000 after 3 s exceeds maxPerSecond 1000', 'reject: score +6000 exceeds maxDelta 5000'],
    ],
    [3, 5_000, 5_000, []],
  ])('at %s s from %s to %s', (ageSeconds, prev, next, expected) => {
    const violations = judged(all, ageSeconds, prev, next);
    expect(violations.map(({ verdict, reason }) => `${verdict}: ${reason}`)).toEqual(expected);
  });
});

describe('a limit', () => {
  const ratio: ValidatorRef = { key: 'max_metric_jump', params: { metricKey: 'score', maxRatio: 2 } };

  it.each<[string, ValidatorRef, number, number, number, boolean]>([
    ['rate at its limit', rate, 3, 0, 3_000, false],
    ['rate just above', rate, 3, 0, 3_000.000001, true],
    ['rate of a falling value', rate, 3, 9_000, 8_000, false],
    ['rate in the first second counts as one second', rate, 0, 0, 1_000, false],
    ['jump at its limit', jump, 3, 1_000, 6_000, false],
    ['jump just above', jump, 3, 1_000, 6_001, true],
    ['a fall of any size', jump, 3, 9_000, 0, false],
    ['ratio at its limit', ratio, 3, 10, 20, false],
    ['ratio above', ratio, 3, 10, 21, true],
    ['ratio from nothing', ratio, 3, 0, 900, false],
    ['ratio from below zero', ratio, 3, -1, 900, false],
    ['duration at its limit', duration, 10, 0, 1_000, false],
    ['duration below', duration, 9.999, 0, 1_000, true],
    ['target passed before', duration, 1, 1_000, 2_000, false],
    ['target not reached', duration, 1, 0, 999, false],
  ])('%s', (_, validator, ageSeconds, prev, next, isViolated) => {
    expect(judged([validator], ageSeconds, prev, next)).toHaveLength(isViolated ? 1 : 0);
  });

  it('of both kinds is one violation, not two', () => {
    const both: ValidatorRef = { key: 'max_metric_jump', params: { metricKey: 'score', maxDelta: 5, maxRatio: 2 } };
    expect(judged([both], 3, 10, 21).map(({ reason }) => reason)).toEqual(['score +11 exceeds maxDelta 5']);
    expect(judged([both], 3, 2, 5).map(({ reason }) => reason)).toEqual(['score ×2.5 exceeds maxRatio 2']);
  });
});

describe('validators', () => {
  it('flag unless they say reject', () => {
    expect(judged([rate], 1, 0, 2_000)).toMatchObject([{ validatorKey: 'max_metric_rate', verdict: 'flag' }]);
  });

  it('find a metric that the attempt does not have at 0', () => {
    const foreign: ValidatorRef = { key: 'max_metric_rate', params: { metricKey: 'gone', maxPerSecond: 1 } };
    const timed: ValidatorRef = { key: 'min_attempt_duration', params: { metricKey: 'gone', minSeconds: 9 } };
    expect(judged([foreign, timed], 1, 0, 2_000)).toEqual([]);
  });

  it('never find fault with a value that did not rise', () => {
    const anyNumber = fc.double({ min: -1e15, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(anyNumber, anyNumber, fc.double({ min: 0, max: 1e6, noNaN: true }), (a, b, ageSeconds) => {
        expect(judged(all, ageSeconds, Math.max(a, b), Math.min(a, b))).toEqual([]);
      }),
    );
  });

  it('stop at the first reject', () => {
    const rejected = judged([jump, rate, duration], 0, 0, 9_000);
    expect(rejected.map(({ validatorKey }) => validatorKey)).toEqual(['max_metric_jump']);
  });
});
