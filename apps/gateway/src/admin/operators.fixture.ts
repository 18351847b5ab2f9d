import type { Answer, World } from '@kraty/testing/world';

export const publicOrigin = 'http://localhost:8080';
export const adminAccount = { email: 'admin@example.com', password: 'a long enough password' };

type Send = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

/** A browser of an operator: it keeps the cookie and sends the CSRF token and its origin with every write. */
export class Browser {
  private constructor(
    readonly cookie: string,
    readonly csrfToken: string,
    readonly call: Send,
  ) {}

  static async signIn(world: Pick<World, 'call'>, account = adminAccount): Promise<Browser> {
    const answer = await world.call('POST', '/admin/v1/auth/login', { key: null, body: account });
    if (answer.status !== 200) throw new Error(`login answered ${answer.status} ${answer.text}`);
    return Browser.holding(world, answer);
  }

  /** Goes on with the session that an answer has opened. */
  static holding(world: Pick<World, 'call'>, answer: Answer): Browser {
    const cookie = cookieOf(answer);
    const { csrfToken } = answer.json.data as unknown as { csrfToken: string };
    return new Browser(cookie, csrfToken, sender(world, { cookie, origin: publicOrigin, 'x-csrf-token': csrfToken }));
  }
}

/** Calls with exactly these headers and what each call adds. */
export function sender(world: Pick<World, 'call'>, fixed: Record<string, string>): Send {
  return (method, path, body, headers = {}) =>
    world.call(method, path, { key: null, body, headers: { ...fixed, ...headers } });
}

/** The session cookie an answer sets, as a browser sends it back. */
export function cookieOf(answer: Answer): string {
  return answer.headers.get('set-cookie')!.split(';', 1)[0]!;
}

/** The body's data, for a test that knows its type. */
export function dataOf<T>(answer: Answer): T {
  return answer.json.data as unknown as T;
}

/** What a test asserts of most answers. */
export function verdictOf(answer: Answer): [number, string | undefined] {
  return [answer.status, answer.json.error?.code];
}
