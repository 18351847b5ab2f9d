import { depthOf, isPlainObject, isStorable, limits } from '@kraty/contracts/common';
import type { Issue } from '@kraty/contracts/failures';
import { fail, validationFailed } from '@kraty/platform/errors';

const utf8 = new TextDecoder('utf-8', { fatal: true });
/** Escapes, and numbers that may be too large: only texts with one of them can hold what nobody can keep. */
const suspicious = /\\u|[eE]\+?\d{3}|\d{200}/;
/** A field that is not ours may be as long as the body. */
const shownFieldCharactersMax = 64;

/**
 * The JSON object in a request body, by the rules of 01 §12. An empty body is `{}` whatever its content type.
 *
 * @throws validation_failed 415 for another content type, 400 for anything that is not one JSON object
 */
export function parseJsonBody(body: Buffer, contentType: string | undefined): Record<string, unknown> {
  if (body.length === 0) return {};
  if (!isJsonContentType(contentType)) throw invalidBody('body must be sent as application/json', 415);
  const text = decode(body);
  const value = parse(text);
  if (!isPlainObject(value)) throw invalidBody('body must be a JSON object');
  if (depthOf(value, limits.jsonDepthMax) > limits.jsonDepthMax) {
    throw invalidBody(`body must not be nested deeper than ${limits.jsonDepthMax} levels`);
  }
  const fault = suspicious.test(text) ? faultOf(value, 'body') : null;
  if (fault) throw validationFailed([fault]);
  return value;
}

/** The first member that can be neither kept nor handed on: NUL, half of a surrogate pair, a number without end. */
function faultOf(value: unknown, path: string): Issue | null {
  if (typeof value === 'number' && !Number.isFinite(value)) return { path, code: 'range', message: 'is too large' };
  if (typeof value === 'string' && !isStorable(value)) return unstorable(path);
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, member] of Object.entries(value)) {
    if (!isStorable(name)) return unstorable(path);
    const at = Array.isArray(value) ? `${path}[${name}]` : `${path}.${name.slice(0, shownFieldCharactersMax)}`;
    const fault = faultOf(member, at);
    if (fault) return fault;
  }
  return null;
}

function unstorable(path: string): Issue {
  return { path, code: 'format', message: 'must not contain NUL or half of a surrogate pair' };
}

function isJsonContentType(contentType: string | undefined): boolean {
  return mediaType(contentType) === 'application/json';
}

function mediaType(contentType: string | undefined): string {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    throw invalidBody('body must be UTF-8');
  }
}

function parse(text: string): unknown {
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

const documentTypes = ['application/json', 'application/yaml', 'text/yaml', 'application/x-yaml'];

/**
 * The text of a body that is a document in YAML or JSON; its owner parses it.
 *
 * @throws validation_failed 415 for another content type, 400 for what is not UTF-8
 */
export function documentText(body: Buffer, contentType: string | undefined): string {
  if (body.length === 0) return '';
  if (!documentTypes.includes(mediaType(contentType))) {
    throw invalidBody(`body must be sent as one of ${documentTypes.join(', ')}`, 415);
  }
  return decode(body);
}

/** The failure of a body that cannot be read at all. */
export function invalidBody(message: string, status = 400) {
  const code = status === 400 ? 'format' : status === 413 ? 'length' : 'type';
  return fail('validation_failed', message, { issues: [{ path: 'body', code, message }] }, { status });
}
