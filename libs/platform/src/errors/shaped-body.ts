import { isPlainObject } from '@kraty/contracts/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { issuesOf, validationFailed } from './validation.js';

/**
 * What an operator sent, in the shape of a body class, as plain data.
 *
 * @throws validation_failed with every issue at once, unknown fields included
 */
export function shapedBody<B extends object>(bodyClass: new () => B, raw: unknown): B {
  const body = plainToInstance(bodyClass, isPlainObject(raw) ? raw : {});
  const errors = validateSync(body, { whitelist: true, forbidNonWhitelisted: true });
  if (errors.length > 0) throw validationFailed(issuesOf(errors, 'body'));
  return JSON.parse(JSON.stringify(body)) as B;
}
