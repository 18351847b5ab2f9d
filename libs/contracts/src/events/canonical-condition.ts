import { compact } from '../common/index.js';
import type { ValidatorRef } from './anti-cheat.js';
import type { ConditionBody } from './condition-body.js';
import type { Condition, EntryCost } from './conditions.js';
import type { EntryCostBody } from './entry-cost-body.js';
import type { ValidatorBody } from './validator-body.js';

/** A condition in the one way to say it, its defaults left out. Its shape has been checked. */
export function canonicalCondition(stated: ConditionBody | Condition): Condition {
  const condition = stated as Condition;
  switch (condition.type) {
    case 'not':
      return { type: condition.type, condition: canonicalCondition(condition.condition) };
    case 'and':
    case 'or':
      return { type: condition.type, conditions: condition.conditions.map(canonicalCondition) };
    case 'completed_event_at_least_once':
    case 'completed_event_times_at_least':
      return compact<Condition>({
        ...condition,
        within: condition.within === 'lifetime' ? undefined : condition.within,
      });
    case 'has_item':
      return compact<Condition>({ ...condition, quantity: condition.quantity === 1 ? undefined : condition.quantity });
    case 'time_between':
      return compact<Condition>({
        ...condition,
        from: canonicalInstant(condition.from),
        to: canonicalInstant(condition.to),
      });
    default:
      return { ...condition };
  }
}

/** Undefined = free. */
export function canonicalCost(stated: EntryCostBody | null | undefined): EntryCost | undefined {
  const { currencies, items } = stated ?? {};
  const cost = compact<EntryCost>({
    currencies: currencies?.length ? currencies.map(({ key, amount }) => ({ key, amount })) : undefined,
    items: items?.length ? items.map(({ key, quantity }) => ({ key, quantity })) : undefined,
  });
  return Object.keys(cost).length === 0 ? undefined : cost;
}

/** A violation is a flag unless the validator says otherwise (05 §14). */
export function canonicalValidator(stated: ValidatorBody): ValidatorRef {
  const { key, params } = stated as ValidatorRef;
  const verdict = params.verdict === 'reject' ? params.verdict : undefined;
  return { key, params: compact<Partial<ValidatorRef['params']>>({ ...params, verdict }) } as ValidatorRef;
}

function canonicalInstant(instant: string | null | undefined): string | undefined {
  return instant ? new Date(Date.parse(instant)).toISOString() : undefined;
}
