import { depthOf, isPlainObject, limits } from '@kraty/contracts/common';
import { fail } from '@kraty/platform/errors';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The JSON object in a request body, by the rules of 01 §12. An empty body is `{}` whatever its content type.
 *
 * @throws validation_failed 415 for another content type, 400 for anything that is not one JSON object
 */
export function parseJsonBody(body: Buffer, contentType: string | undefined): Record<string, unknown> {
  if (body.length === 0) return {};
  if (!isJsonContentType(contentType)) throw invalidBody('body must be sent as application/json', 415);
  const value = parse(body);
  if (!isPlainObject(value)) throw invalidBody('body must be a JSON object');
  if (depthOf(value, limits.jsonDepthMax) > limits.jsonDepthMax) {
    throw invalidBody(`body must not be nested deeper than ${limits.jsonDepthMax} levels`);
  }
  return value;
}

function isJsonContentType(contentType: string | undefined): boolean {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';
}

function parse(body: Buffer): unknown {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw invalidBody('body must be UTF-8');
  }
  let poisoned = false;
  let value: unknown;
  try {
    value =
      text.includes('__proto__') || text.includes('\\u')
        ? JSON.parse(text, (key, member: unknown) => {
            if (key === '__proto__') poisoned = true;
            return member;
          })
        : JSON.parse(text);
  } catch {
    throw invalidBody('body must be valid JSON');
  }
  if (poisoned) throw invalidBody('body must not contain the key __proto__');
  return value;
}

/** The failure of a body that cannot be read at all. */
export function invalidBody(message: string, status = 400) {
  const code = status === 400 ? 'format' : status === 413 ? 'length' : 'type';
  return fail('validation_failed', message, { issues: [{ path: 'body', code, message }] }, { status });
}
