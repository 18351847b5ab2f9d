import { eventually } from '@kraty/testing/harness';
import type { Answer, World } from '@kraty/testing/world';
import { BoardStream } from './board-stream.fixture.js';

const origin = 'http://localhost:8080';
const admin = { email: 'admin@example.com', password: 'a long enough password' };
const away = 503;

export interface OperatorCall {
  /** Sent as `If-Match`. */
  version?: number;
}

/** An operator at the portal's own calls: paths begin after the game. */
export class Operator {
  private constructor(
    private readonly world: World,
    private readonly headers: Record<string, string>,
    private readonly game: string,
  ) {}

  /** The owner of the studio, or a member with one role in the game. */
  static async signIn(world: World, role?: string): Promise<Operator> {
    const account = role === undefined ? admin : await member(world, role);
    // A password is slow to compare on purpose, and who meets a busy service is asked to come again.
    const answer = await eventually(async () => {
      const reply = await world.call('POST', '/admin/v1/auth/login', { key: null, body: account });
      expect(reply.status).not.toBe(away);
      return reply;
    });
    if (answer.status !== 200) throw new Error(`login answered ${answer.status} ${answer.text}`);
    const { csrfToken } = dataOf<{ csrfToken: string }>(answer);
    const cookie = answer.headers.get('set-cookie')!.split(';', 1)[0]!;
    return new Operator(world, { cookie, origin, 'x-csrf-token': csrfToken }, gamePath(world));
  }

  /** The same game with an access token instead of a session. */
  async withToken(permissions: string[]): Promise<Operator> {
    const body = { name: 'ci', expiresInDays: 1, permissions, gameIds: [this.world.scope.gameId] };
    const answer = await this.send('POST', '/admin/v1/auth/tokens', body);
    const { token } = dataOf<{ token: string }>(answer);
    return new Operator(this.world, { authorization: `Bearer ${token}` }, this.game);
  }

  /** A stream of the game, of this gateway or another one. */
  stream(rest: string, url = this.world.url): Promise<BoardStream> {
    return BoardStream.openAt(url + this.game + rest, this.headers);
  }

  /** The same credential at another game. */
  at(game: string): Operator {
    return new Operator(this.world, this.headers, game);
  }

  call(method: string, rest: string, body?: unknown, { version }: OperatorCall = {}): Promise<Answer> {
    return this.send(method, this.game + rest, body, version);
  }

  /** The data of a call that succeeds. */
  async done<T>(method: string, rest: string, body?: unknown, options: OperatorCall = {}): Promise<T> {
    const answer = await this.call(method, rest, body, options);
    if (answer.status >= 300) throw new Error(`${method} ${rest} answered ${answer.status} ${answer.text}`);
    return dataOf<T>(answer);
  }

  send(method: string, path: string, body?: unknown, version?: number): Promise<Answer> {
    const condition: Record<string, string> = version === undefined ? {} : { 'if-match': `"${version}"` };
    return this.world.call(method, path, { key: null, body, headers: { ...this.headers, ...condition } });
  }
}

export function gamePath({ scope }: World): string {
  return `/admin/v1/studios/${scope.studioId}/games/${scope.gameId}`;
}

/** The body's data, for a test that knows its type. */
export function dataOf<T>(answer: Answer): T {
  return answer.json.data as unknown as T;
}

/** What a test asserts of most refusals. */
export function verdictOf({ status, json }: Answer): [number, string | undefined] {
  return [status, json.error?.code];
}

/** Made in the database: what is tested here is not the invitation. */
async function member({ ground, operator, scope }: World, role: string): Promise<typeof admin> {
  const email = `${role}@example.com`.toLowerCase();
  const [row] = await ground.sql<{ id: string }>(
    'identity',
    `insert into member (id, email, name, password_hash, status, created_at)
     select gen_random_uuid(), $1, $1, password_hash, status, created_at from member where id = $2 returning id`,
    [email, operator.memberId],
  );
  const insert = 'insert into game_role (studio_id, game_id, member_id, role) values ($1, $2, $3, $4)';
  await ground.sql('identity', insert, [scope.studioId, scope.gameId, row!.id, role]);
  return { email, password: admin.password };
}
