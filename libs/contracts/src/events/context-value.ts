import { ValidateBy, type ValidationOptions } from 'class-validator';
import { isMetricValue } from '../common/index.js';

const textCharactersMax = 500;

/** A value a context may be compared with: a text of at most 500 characters, a number, true or false. Issue code: `type`. */
export function IsContextValue(options: ValidationOptions = {}): PropertyDecorator {
  const defaultMessage = () =>
    `$property takes a text of at most ${textCharactersMax} characters, a number, true or false`;
  const validator = { validate: isContextValue, defaultMessage };
  return ValidateBy({ name: 'isContextValue', validator }, { ...options, context: { code: 'type' } });
}

function isContextValue(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= textCharactersMax;
  return typeof value === 'boolean' || isMetricValue(value);
}
