import type { Environment, Scope } from '@kraty/contracts/common';
import {
  authenticateOperator,
  createGame,
  listStudios,
  login,
  type Game,
  type OpenedSession,
  type Operator,
  type Studio,
} from '@kraty/contracts/identity';
import { MovableClock } from '@kraty/platform/clock';
import type { Messenger } from '@kraty/platform/messaging';
import { startService, type RunningService } from '@kraty/platform/bootstrap';
import { askPatiently, startGround, type Ground } from '@kraty/testing/harness';
import { identity } from './index.js';

export const admin = { email: 'admin@example.com', password: 'a long enough password' };
export const origin = { requestId: 'request-1', ip: '127.0.0.1', userAgent: 'jest' };

/** The service on real servers, with the first operator made by its environment. */
export class IdentityUnderTest {
  private constructor(
    readonly ground: Ground,
    readonly messenger: Messenger,
    readonly clock: MovableClock,
    public running: RunningService,
    private games = 0,
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<IdentityUnderTest> {
    const ground = await startGround({ services: ['identity'], prefix: 'kraty_identity' });
    const clock = new MovableClock();
    const running = await startOn(ground, clock, environment);
    return new IdentityUnderTest(ground, askPatiently(await ground.messenger()), clock, running);
  }

  async restart(environment: Record<string, string> = {}): Promise<void> {
    await this.running.stop();
    this.running = await startOn(this.ground, this.clock, environment);
  }

  async stop(): Promise<void> {
    await this.running.stop();
    await this.ground.stop();
  }

  signIn(): Promise<OpenedSession> {
    return this.messenger.request(login, { ...admin, totp: null, ...origin });
  }

  async operator(): Promise<Operator> {
    const { token } = await this.signIn();
    const credential = { kind: 'session' as const, token, csrfToken: null, unsafe: false };
    return (await this.messenger.request(authenticateOperator, { credential, ...origin })).operator;
  }

  async studio(operator: Operator): Promise<Studio> {
    return (await this.messenger.request(listStudios, { operator }))[0]!;
  }

  /** A game of its own for each test. */
  async game(operator: Operator): Promise<Game> {
    const { id: studioId } = await this.studio(operator);
    this.games += 1;
    const names = { displayName: `Game ${this.games}`, slug: `game-${this.games}` };
    return this.messenger.request(createGame, { operator, studioId, ...names });
  }
}

export function scopeOf(game: Game, environment: Environment = 'live'): Scope {
  return { studioId: game.studioId, gameId: game.id, environment };
}

function startOn(ground: Ground, clock: MovableClock, environment: Record<string, string>): Promise<RunningService> {
  const bootstrap = { BOOTSTRAP_ADMIN_EMAIL: admin.email, BOOTSTRAP_ADMIN_PASSWORD: admin.password };
  return startService(identity, {
    environment: { ...ground.environment('identity'), ...bootstrap, ...environment },
    clock,
  });
}
