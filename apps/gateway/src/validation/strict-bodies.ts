import { validateSync } from 'class-validator';
import { isPlainObject } from '@kraty/contracts/common';
import type { Issue } from '@kraty/contracts/failures';
import { issuesOf, validationFailed } from '@kraty/platform/errors';
import { fieldsOf, type BodyClass } from './bodies.js';

/** A field that is not ours may be as long as the body. */
const shownFieldCharactersMax = 64;

/** A body class whose fields may be objects with rules of their own says which, because types are gone at run time. */
type WithNested = { readonly nested?: Readonly<Record<string, BodyClass<object>>> };

/**
 * An instance of a body class; unlike on the SDK surface unknown fields are refused, and null stays null (04 §1).
 *
 * @throws validation_failed with every issue at once
 */
export function strictBody<T extends object>(bodyClass: BodyClass<T>, raw: unknown): T {
  const unknownFields: Issue[] = [];
  const body = instanceOf(bodyClass, (raw ?? {}) as Record<string, unknown>, 'body', unknownFields);
  const issues = [...unknownFields, ...issuesOf(validateSync(body, { forbidUnknownValues: false }), 'body')];
  if (issues.length > 0) throw validationFailed(issues);
  return body;
}

function instanceOf<T extends object>(
  bodyClass: BodyClass<T> & WithNested,
  source: Record<string, unknown>,
  path: string,
  unknownFields: Issue[],
): T {
  const body = new bodyClass();
  const known = fieldsOf(bodyClass);
  for (const [field, value] of Object.entries(source)) {
    const at = `${path}.${field.slice(0, shownFieldCharactersMax)}`;
    if (!known.includes(field)) {
      unknownFields.push({ path: at, code: 'unknown_field', message: 'is not a field of this body' });
      continue;
    }
    const nested = bodyClass.nested?.[field];
    const inner = nested && isPlainObject(value) ? instanceOf(nested, value, at, unknownFields) : value;
    (body as Record<string, unknown>)[field] = inner;
  }
  return body;
}
