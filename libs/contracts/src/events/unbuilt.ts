import { ValidateBy } from 'class-validator';
import { isPlainObject } from '../common/index.js';

const unsupported = { context: { code: 'unsupported' } };

/** True for what says nothing: an empty list, or an object of empty lists. */
function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isPlainObject(value) && Object.values(value).every((inner) => Array.isArray(inner) && inner.length === 0);
}

/** A field that a later feature brings: it may stand empty, and filled it would be a promise. Issue code: `unsupported`. */
export function IsEmptyForNow(): PropertyDecorator {
  const defaultMessage = () => '$property is not supported by this version; leave it out';
  return ValidateBy({ name: 'isEmptyForNow', validator: { validate: isEmpty, defaultMessage } }, unsupported);
}

/** A field that a later feature brings and that has no empty form. Issue code: `unsupported`. */
export function IsAbsentForNow(): PropertyDecorator {
  const defaultMessage = () => '$property is not supported by this version; leave it out';
  return ValidateBy({ name: 'isAbsentForNow', validator: { validate: () => false, defaultMessage } }, unsupported);
}

/** Of the values that a field will take one day, those it takes now. Issue code: `unsupported`. */
export function IsBuilt(unbuilt: readonly string[]): PropertyDecorator {
  const validate = (value: unknown) => !unbuilt.includes(value as string);
  const defaultMessage = () => `$property: $value is not supported by this version`;
  return ValidateBy({ name: 'isBuilt', constraints: [unbuilt], validator: { validate, defaultMessage } }, unsupported);
}
