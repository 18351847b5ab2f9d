import type { Iso } from '../common/index.js';

/** Who may see an event or start an attempt (05 §11). */
export type Condition =
  { type: 'not'; condition: Condition } | { type: 'and' | 'or'; conditions: Condition[] } | ConditionLeaf;

export type ConditionLeaf =
  | { type: 'completed_event_at_least_once'; eventKey: string; within?: ConditionPeriod }
  | { type: 'completed_event_times_at_least'; eventKey: string; count: number; within?: ConditionPeriod }
  | { type: 'has_item'; itemKey: string; quantity?: number }
  | { type: 'currency_at_least'; currencyKey: string; amount: number }
  | { type: 'progression_at_least'; economyKey: string; amount: number }
  | { type: 'context_equals'; key: string; value: string | number | boolean }
  | { type: 'context_in'; key: string; values: (string | number | boolean)[] }
  | { type: 'context_at_least' | 'context_at_most'; key: string; value: number }
  | { type: 'country_in'; countries: string[] }
  | { type: 'player_age_at_least'; seconds: number }
  | { type: 'time_between'; from?: Iso; to?: Iso }
  | { type: 'always' }
  | { type: 'never' };

export type ConditionPeriod = 'lifetime' | 'current_window';

/** Taken once a window and player, with the attempt or not at all (05 §12). */
export interface EntryCost {
  currencies?: { key: string; amount: number }[];
  items?: { key: string; quantity: number }[];
}
