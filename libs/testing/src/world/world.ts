import type { Environment, Scope } from '@kraty/contracts/common';
import {
  applyConfiguration,
  authenticateOperator,
  configurationDeadlineMs,
  createApiKey,
  createGame,
  listStudios,
  login,
  type Operator,
  type PermissionSet,
} from '@kraty/contracts/identity';
import type { Clock } from '@kraty/platform/clock';
import type { Messenger } from '@kraty/platform/messaging';
import { startGround, startHost, type Ground } from '../harness/index.js';
import { SplitSystem } from './split-system.js';

const admin = { email: 'admin@example.com', password: 'a long enough password' };
const bootstrap = { BOOTSTRAP_ADMIN_EMAIL: admin.email, BOOTSTRAP_ADMIN_PASSWORD: admin.password };
const origin = { requestId: 'request-1', ip: '127.0.0.1', userAgent: 'jest' };
/** A password is slow to compare on purpose, and services that have just started have other things to do. */
const settingUp = { deadlineMs: 30_000 };

/** The services at work, and where their door is. */
export interface System {
  url: string;
  stop(): Promise<void>;
}

export interface CallOptions {
  key?: string | null;
  secret?: string;
  /** Sent as JSON unless it is a string, which is sent as it is. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** A player's own client: paths begin after the player. */
export interface Player {
  secret: string;
  get(rest: string): Promise<Answer>;
  post(rest: string, body?: unknown): Promise<Answer>;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: { data?: never; error?: { code: string; message: string; details?: Record<string, unknown> } };
}

/** Real services behind a real gateway, a game with keys, and a client that sends exactly what it is told. */
export class World {
  private constructor(
    readonly ground: Ground,
    readonly system: System,
    readonly messenger: Messenger,
    readonly operator: Operator,
    readonly scope: Omit<Scope, 'environment'>,
    readonly keys: { clientLive: string; clientTest: string; serverLive: string },
  ) {}

  /** All services in this process, where a movable clock can be shared. */
  static async start(
    services: string[],
    options: { environment?: Record<string, string>; clock?: Clock } = {},
  ): Promise<World> {
    const ground = await startGround({ services: services.filter((service) => service !== 'gateway') });
    const host = await startHost(services, ground, {
      ...options,
      environment: { ...bootstrap, ...options.environment },
    });
    return World.on(ground, { url: host.service('gateway').url!, stop: () => host.stop() });
  }

  /** Each service a process of its own, on servers that may be killed like the services themselves. */
  static async startSplit(
    services: string[],
    environment: Record<string, string> = {},
  ): Promise<World & { system: SplitSystem }> {
    const owners = services.filter((service) => service !== 'gateway');
    const ground = await startGround({ services: owners, ownPostgres: true });
    const system = await SplitSystem.start(services, ground, { ...bootstrap, ...environment });
    return (await World.on(ground, system)) as World & { system: SplitSystem };
  }

  private static async on(ground: Ground, system: System): Promise<World> {
    const messenger = await ground.messenger();
    const operator = await signIn(messenger);
    const [studio] = await messenger.request(listStudios, { operator }, settingUp);
    const studioId = studio!.id;
    const wanted = { operator, studioId, displayName: 'Game', slug: 'game' };
    const game = await messenger.request(createGame, wanted, settingUp);
    const scope = { studioId, gameId: game.id };
    const key = (permissionSet: PermissionSet, environment: Environment) =>
      mintKey(messenger, operator, scope, permissionSet, environment);
    const keys = {
      clientLive: await key('client_sdk', 'live'),
      clientTest: await key('client_sdk', 'test'),
      serverLive: await key('server_integration', 'live'),
    };
    return new World(ground, system, messenger, operator, scope, keys);
  }

  get url(): string {
    return this.system.url;
  }

  /** Applies a configuration document to the game, as an operator would. */
  async configure(document: Record<string, unknown>): Promise<void> {
    const { gameId, studioId } = this.scope;
    const whole = { apiVersion: 'kraty/v1', kind: 'GameConfig', game: { slug: 'game' }, ...document };
    const command = { operator: this.operator, studioId, gameId, document: whole, mode: 'merge' as const };
    const options = { deadlineMs: configurationDeadlineMs };
    await this.messenger.request(applyConfiguration, { ...command, planHash: null, reason: 'test setup' }, options);
  }

  /** One request as a registered player. */
  as(externalId: string, secret: string): Player {
    const path = `/sdk/v1/players/${encodeURIComponent(externalId)}`;
    return {
      secret,
      get: (rest) => this.call('GET', path + rest, { secret }),
      post: (rest, body = {}) => this.call('POST', path + rest, { secret, body }),
    };
  }

  async player(externalId: string): Promise<Player> {
    return this.as(externalId, await this.register(externalId));
  }

  async stop(): Promise<void> {
    await this.system.stop();
    await this.ground.stop();
  }

  /** One request with the live client key unless told otherwise. */
  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const headers: Record<string, string> = { ...options.headers };
    if (options.key !== null) headers['authorization'] ??= `Bearer ${options.key ?? this.keys.clientLive}`;
    if (options.secret !== undefined) headers['x-player-secret'] = options.secret;
    const body = typeof options.body === 'string' ? options.body : JSON.stringify(options.body);
    if (options.body !== undefined) headers['content-type'] ??= 'application/json';
    const reply = await fetch(`${this.url}${path}`, {
      method,
      headers,
      body: options.body === undefined ? undefined : body,
    });
    const text = await reply.text();
    const isJson = reply.headers.get('content-type')?.startsWith('application/json') && text !== '';
    return { status: reply.status, headers: reply.headers, text, json: isJson ? JSON.parse(text) : {} };
  }

  /** Registers a player and answers with its secret. */
  async register(externalId: string, key = this.keys.clientLive): Promise<string> {
    const answer = await this.call('POST', `/sdk/v1/players/${encodeURIComponent(externalId)}/register`, {
      key,
      body: {},
    });
    if (answer.status !== 201) throw new Error(`register answered ${answer.status} ${answer.text}`);
    return (answer.json.data as unknown as { secret: string }).secret;
  }
}

async function signIn(messenger: Messenger): Promise<Operator> {
  const { token } = await messenger.request(login, { ...admin, totp: null, ...origin }, settingUp);
  const credential = { kind: 'session' as const, token, csrfToken: null, unsafe: false };
  return (await messenger.request(authenticateOperator, { credential, ...origin }, settingUp)).operator;
}

async function mintKey(
  messenger: Messenger,
  operator: Operator,
  game: { studioId: string; gameId: string },
  permissionSet: PermissionSet,
  environment: Environment,
): Promise<string> {
  const wanted = { operator, ...game, name: `${permissionSet} ${environment}`, permissionSet, environment };
  const key = { ...wanted, expiresAt: null, rateLimits: null };
  return (await messenger.request(createApiKey, key, settingUp)).plaintext;
}
