import type { Condition } from '@kraty/contracts/events';
import fc from 'fast-check';

const period = fc.constantFrom('lifetime' as const, 'current_window' as const);
const amount = fc.integer({ min: 1, max: 1_000 });
const contextKey = fc.constantFrom('level', 'vip', 'team');
const contextValue = fc.oneof(fc.constantFrom('red', 'blue'), fc.integer({ min: -5, max: 50 }), fc.boolean());
const instant = fc
  .integer({ min: Date.parse('2020-01-01T00:00:00Z'), max: Date.parse('2040-01-01T00:00:00Z') })
  .map((milliseconds) => new Date(milliseconds).toISOString());

/** A condition that asks something at once, of every type (05 §11). */
const leaf: fc.Arbitrary<Condition> = fc.oneof(
  ...[
    fc.record(
      { type: fc.constant('completed_event_at_least_once' as const), eventKey: anyEventKey(), within: period },
      { requiredKeys: ['type', 'eventKey'] },
    ),
    fc.record(
      {
        type: fc.constant('completed_event_times_at_least' as const),
        eventKey: anyEventKey(),
        count: amount,
        within: period,
      },
      { requiredKeys: ['type', 'eventKey', 'count'] },
    ),
    fc.record(
      { type: fc.constant('has_item' as const), itemKey: fc.constantFrom('torch', 'gone'), quantity: amount },
      { requiredKeys: ['type', 'itemKey'] },
    ),
    fc.record({
      type: fc.constant('currency_at_least' as const),
      currencyKey: fc.constantFrom('cash', 'gone'),
      amount,
    }),
    fc.record({ type: fc.constant('progression_at_least' as const), economyKey: fc.constant('league_tier'), amount }),
    fc.record({ type: fc.constant('context_equals' as const), key: contextKey, value: contextValue }),
    fc.record({
      type: fc.constant('context_in' as const),
      key: contextKey,
      values: fc.array(contextValue, { minLength: 1, maxLength: 4 }),
    }),
    fc.record({
      type: fc.constantFrom('context_at_least' as const, 'context_at_most' as const),
      key: contextKey,
      value: fc.integer({ min: -5, max: 50 }),
    }),
    fc.record({
      type: fc.constant('country_in' as const),
      countries: fc.uniqueArray(fc.constantFrom('PT', 'IN', 'US'), { minLength: 1 }),
    }),
    fc.record({ type: fc.constant('player_age_at_least' as const), seconds: fc.integer({ min: 0, max: 1_000_000 }) }),
    fc.record({ type: fc.constant('time_between' as const), from: instant, to: instant }, { requiredKeys: ['type'] }),
    fc.record({ type: fc.constantFrom('always' as const, 'never' as const) }),
  ],
);

/** Events of the game, one that is not there, and the event itself (`any_event_0` …). */
function anyEventKey(): fc.Arbitrary<string> {
  return fc.constantFrom('any_event_0', 'gone');
}

/** A condition within its bounds: at most 4 levels, at most 40 nodes. */
export const anyCondition: fc.Arbitrary<Condition> = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    tie('condition').map((condition): Condition => ({ type: 'not', condition })),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('condition'), { minLength: 1, maxLength: 3 }))
      .map(([type, conditions]): Condition => ({ type, conditions })),
  ),
})).condition;
