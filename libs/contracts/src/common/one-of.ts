import { plainToInstance, Transform } from 'class-transformer';
import { isPlainObject } from './validators.js';

type BodyClass = new () => object;

/**
 * A field, or a list, of objects told apart by one word: each is checked as the class of its word, so that it has the
 * fields of its kind and no others. An object with another word becomes a `base`, whose rules name the words there are.
 * Goes with `@ValidateNested()`; the classes may contain themselves.
 */
export function OneOf(
  word: string,
  base: () => BodyClass,
  classes: () => Record<string, BodyClass>,
): PropertyDecorator {
  const instanceOf = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(instanceOf);
    if (!isPlainObject(value)) return value;
    const known = new Map(Object.entries(classes()));
    return plainToInstance(known.get(value[word] as string) ?? base(), value);
  };
  return Transform(({ obj, key }) => instanceOf((obj as Record<string, unknown>)[key]));
}
