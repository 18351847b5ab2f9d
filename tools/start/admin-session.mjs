/** An operator at the public admin API, as any tool would be. */

import { whileBusy } from './while-busy.mjs';

const REQUEST_WITHIN_MS = 60_000;
const HTTP_UNAUTHORIZED = 401;
const ISSUES_SHOWN = 20;

/** @typedef {{ path?: string, code?: string, message?: string }} Issue */

/** The system answered, and said no. */
export class RefusedError extends Error {
  /** @param {string} what @param {number} status @param {any} body */
  constructor(what, status, body) {
    const { code = 'no code', message = '', details } = body?.error ?? {};
    super([`${what} was refused: ${status} ${code}. ${message}`, ...issueLines(details?.issues)].join('\n'));
    this.name = 'RefusedError';
    /** @type {Issue[] | undefined} */
    this.issues = details?.issues;
  }
}

/** @param {Issue[] | undefined} issues @returns {string[]} */
export function issueLines(issues = []) {
  const lines = issues.slice(0, ISSUES_SHOWN).map(({ path, code, message }) => `  ${path}: ${message} (${code})`);
  return issues.length > ISSUES_SHOWN ? [...lines, `  … and ${issues.length - ISSUES_SHOWN} more`] : lines;
}

/** @typedef {{ address: string, origin: string }} Door `address` is where it listens, `origin` what it calls itself */

export class AdminSession {
  #door;
  /** @type {Record<string, string>} */
  #credentials = {};

  /** @param {Door} door */
  constructor(door) {
    this.#door = door;
  }

  /**
   * @param {Door} door @param {{ email: string, password: string }} admin @returns {Promise<AdminSession>}
   * @throws Error that says what to do when this data has another operator
   */
  static async open(door, { email, password }) {
    const session = new AdminSession(door);
    const { response, body } = await whileBusy(() =>
      session.#send('POST', '/admin/v1/auth/login', { email, password }),
    );
    if (response.status === HTTP_UNAUTHORIZED) {
      throw new Error(
        `The database knows no operator ${email} with the password kept here. Set BOOTSTRAP_ADMIN_EMAIL and ` +
          'BOOTSTRAP_ADMIN_PASSWORD to those of its first start, or begin anew with npm start -- --fresh.',
      );
    }
    if (!response.ok) throw new RefusedError('The login', response.status, body);
    const [cookie = ''] = response.headers.getSetCookie().map((header) => header.split(';', 1)[0] ?? '');
    session.#credentials = { cookie, 'x-csrf-token': body.data.csrfToken };
    return session;
  }

  /** @param {string} path @returns {Promise<any>} */
  async get(path) {
    return dataOf(`GET ${path}`, await whileBusy(() => this.#send('GET', path)));
  }

  /** @param {string} path @param {unknown} body @returns {Promise<any>} */
  async post(path, body) {
    return dataOf(`POST ${path}`, await this.#send('POST', path, body));
  }

  /** Ends the session; one that cannot be ended runs out by itself. */
  async close() {
    await this.#send('POST', '/admin/v1/auth/logout', {}).catch(() => undefined);
  }

  /** @param {string} method @param {string} path @param {unknown} [content] */
  async #send(method, path, content) {
    const response = await fetch(`${this.#door.address}${path}`, {
      method,
      headers: {
        origin: this.#door.origin,
        ...this.#credentials,
        ...(content === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: content === undefined ? undefined : JSON.stringify(content),
      signal: AbortSignal.timeout(REQUEST_WITHIN_MS),
    });
    const text = await response.text();
    return { status: response.status, response, body: text === '' ? undefined : JSON.parse(text) };
  }
}

/** @param {string} what @param {{ response: Response, body: any }} reply */
function dataOf(what, { response, body }) {
  if (!response.ok) throw new RefusedError(what, response.status, body);
  return body?.data;
}
