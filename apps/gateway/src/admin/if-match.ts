import { validationFailed } from '@kraty/platform/errors';
import type { FastifyRequest } from '../http/request-context.js';

const path = 'header.if-match';

/**
 * The version a change was made for (04 §1).
 *
 * @throws validation_failed when the header is absent or holds no version
 */
export function expectedVersion(request: FastifyRequest): number {
  const header = request.headers['if-match'];
  if (header === undefined) {
    throw validationFailed([
      { path, code: 'required', message: 'send the version you have read as If-Match: "<version>"' },
    ]);
  }
  const version = /^"(\d{1,9})"$/.exec(header.trim())?.[1];
  if (version === undefined) {
    throw validationFailed([{ path, code: 'format', message: 'must be one version in quotes, "3" for instance' }]);
  }
  return Number(version);
}
