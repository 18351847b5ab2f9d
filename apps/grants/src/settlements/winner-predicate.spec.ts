import fc from 'fast-check';
import type { WinnerPredicate } from '@kraty/contracts/grants';
import { lowestRank, wins, type Judged } from './winner-predicate.js';

const attempt: Judged = { metrics: { shells: 10 }, score: 25, status: 'expired', rank: 3 };

const attempts = fc.record<Judged>({
  metrics: fc.record({ shells: fc.integer({ min: 0, max: 20 }) }),
  score: fc.integer({ min: -20, max: 50 }),
  status: fc.constantFrom('completed', 'expired', 'force_completed'),
  rank: fc.option(fc.integer({ min: 1, max: 10 })),
});

const { predicates } = fc.letrec<{ predicates: WinnerPredicate; leaf: WinnerPredicate }>((tie) => ({
  leaf: fc.oneof(
    fc.record({
      type: fc.constant('metric_at_least' as const),
      metricKey: fc.constant('shells'),
      threshold: fc.integer({ min: 0, max: 20 }),
    }),
    fc.record({ type: fc.constant('score_at_least' as const), threshold: fc.integer({ min: -20, max: 50 }) }),
    fc.record({ type: fc.constant('rank_at_most' as const), rank: fc.integer({ min: 1, max: 10 }) }),
    fc.constant({ type: 'completed' as const }),
  ),
  predicates: fc.oneof(
    { maxDepth: 4 },
    tie('leaf'),
    fc.record({ type: fc.constant('not' as const), condition: tie('predicates') }),
    fc.record({
      type: fc.constantFrom('and' as const, 'or' as const),
      conditions: fc.array(tie('predicates'), { minLength: 1, maxLength: 3 }),
    }),
  ),
}));

describe('wins', () => {
  it.each<[WinnerPredicate, boolean]>([
    [{ type: 'metric_at_least', metricKey: 'shells', threshold: 10 }, true],
    [{ type: 'metric_at_least', metricKey: 'shells', threshold: 11 }, false],
    [{ type: 'metric_at_least', metricKey: 'gone', threshold: 1 }, false],
    [{ type: 'score_at_least', threshold: 25 }, true],
    [{ type: 'score_at_least', threshold: 25.5 }, false],
    [{ type: 'rank_at_most', rank: 3 }, true],
    [{ type: 'rank_at_most', rank: 2 }, false],
    [{ type: 'completed' }, false],
    [{ type: 'not', condition: { type: 'completed' } }, true],
  ])('judges %j: %s', (predicate, expected) => expect(wins(predicate, attempt)).toBe(expected));

  it('takes a forced completion for one, and no rank for the worst', () => {
    expect(wins({ type: 'completed' }, { ...attempt, status: 'force_completed' })).toBe(true);
    expect(wins({ type: 'rank_at_most', rank: 1_000_000 }, { ...attempt, rank: null })).toBe(false);
  });

  it('obeys the laws of De Morgan', () => {
    fc.assert(
      fc.property(fc.array(predicates, { minLength: 1, maxLength: 4 }), attempts, (conditions, judged) => {
        const negated = conditions.map((condition): WinnerPredicate => ({ type: 'not', condition }));
        expect(wins({ type: 'not', condition: { type: 'and', conditions } }, judged)).toBe(
          wins({ type: 'or', conditions: negated }, judged),
        );
      }),
    );
  });

  it('never looks below the lowest rank it names', () => {
    fc.assert(
      fc.property(predicates, attempts, (predicate, judged) => {
        const unseen = judged.rank !== null && judged.rank > lowestRank(predicate);
        if (unseen) expect(wins(predicate, judged)).toBe(wins(predicate, { ...judged, rank: null }));
      }),
    );
  });
});
