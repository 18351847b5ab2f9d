import { request } from 'node:http';
import type { Environment } from '@kraty/contracts/common';
import { createApiKey, type PermissionSet, type RateLimits } from '@kraty/contracts/identity';
import type { Clock } from '@kraty/platform/clock';
import { eventually } from '@kraty/testing/harness';
import { World, type Answer, type Player } from '@kraty/testing/world';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** The whole system with one game in it. */
export async function startWorld(
  document: Record<string, unknown>,
  options: { clock?: Clock; environment?: Record<string, string> } = {},
): Promise<World> {
  const world = await World.start(['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy'], options);
  try {
    await configure(world, document);
  } catch (error) {
    await world.stop();
    throw error;
  }
  return world;
}

/** Contexts that go by a copy of the settings, and hear of them by a fact. */
const keepersOfSettings = ['economy', 'grants', 'leaderboards'];

/** Applies a document, and waits until everybody goes by the settings it leaves. */
export async function configure(world: World, document: Record<string, unknown>): Promise<void> {
  await world.configure(document);
  const { gameId } = world.scope;
  const game = await world.ground.sql('identity', 'select version::int from game where id = $1', [gameId]);
  for (const keeper of keepersOfSettings) {
    await eventually(async () => {
      const kept = 'select revision::int as version from game_settings where game_id = $1';
      expect(await world.ground.sql(keeper, kept, [gameId])).toEqual(game);
    });
  }
}

/** What a success carries; anything but the wanted status is thrown with its body. */
export function data<T>(answer: Answer, status = 200): T {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.text}`);
  return answer.json.data as unknown as T;
}

/** Asserts the error envelope: nothing beside `error`, nothing in it but code, message and details. */
export function expectError(answer: Answer, status: number, code: string, details?: unknown): void {
  const error = { code, message: expect.stringMatching(/./) };
  const { details: given, ...rest } = answer.json.error ?? {};
  expect([answer.status, Object.keys(answer.json), rest]).toEqual([status, ['error'], error]);
  if (details !== undefined) expect(given).toEqual(details);
}

/** Asserts 400 `validation_failed` whose issues name the path. */
export function expectInvalid(answer: Answer, path: string): void {
  expectError(answer, 400, 'validation_failed');
  const issues = answer.json.error!.details!['issues'] as { path: string }[];
  expect(issues).toContainEqual({
    path,
    code: expect.stringMatching(/^[a-z_]+$/),
    message: expect.stringMatching(/./),
  });
}

export const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
export const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
export const text = expect.stringMatching(/./);

export interface Attempt {
  id: string;
  eventId: string;
  eventWindowId: string;
  leaderboardId: string;
  playerId: string;
  startedAt: string;
  endsAt: string;
  completedAt: string | null;
  metrics: Record<string, number>;
  metricsRaw: Record<string, number>;
  score: number;
  status: string;
}

export interface Started {
  attempt: Attempt;
  leaderboardId: string;
  windowEndsAt: string;
}

export interface Reported {
  attempt: Attempt;
  milestonesFired: unknown[];
}

export interface Grant {
  id: string;
  status: string;
  createdAt: string;
  expiresAt: string | null;
  contents: { entries: Record<string, unknown>[] };
}

export interface BoardEntry {
  participantId: string;
  name: string;
  score: number;
  rank: number;
  isSelf: boolean;
  player: { externalPlayerId: string | null };
  progression?: Record<string, number>;
}

export interface EventBoard {
  leaderboardId: string;
  mode: string;
  finalized: boolean;
  finalizedReason: string | null;
  entries: BoardEntry[];
  self: { rank: number; score: number } | null;
}

/** A fresh attempt. */
export async function start(player: Player, eventKey: string, body: object = {}): Promise<Attempt> {
  return data<Started>(await player.post(`/events/${eventKey}/start`, body), 201).attempt;
}

export function progress(player: Player, eventKey: string, attempt: { id: string }, body: unknown): Promise<Answer> {
  return player.post(`/events/${eventKey}/attempts/${attempt.id}/progress`, body);
}

export function finish(player: Player, eventKey: string, attempt: { id: string }, body: object = {}): Promise<Answer> {
  return player.post(`/events/${eventKey}/attempts/${attempt.id}/finish`, body);
}

export async function boardOf(world: World, id: string, query = ''): Promise<EventBoard> {
  return data<EventBoard>(await world.call('GET', `/sdk/v1/leaderboards/${id}${query}`));
}

/** Balances by currency key. */
export async function balances(player: Player): Promise<Record<string, number>> {
  const { wallet } = data<{ wallet: { economyKey: string; balance: number }[] }>(await player.get('/wallet'));
  return Object.fromEntries(wallet.map(({ economyKey, balance }) => [economyKey, balance]));
}

/** Another key of the world's game. */
export async function mintKey(
  world: World,
  wanted: { permissionSet?: PermissionSet; environment?: Environment; expiresAt?: string; rateLimits?: RateLimits },
): Promise<{ id: string; plaintext: string }> {
  const { permissionSet = 'client_sdk', environment = 'live', expiresAt = null, rateLimits = null } = wanted;
  const owner = { operator: world.operator, ...world.scope };
  const minted = { ...owner, name: 'conformance', permissionSet, environment, expiresAt, rateLimits };
  const { key, plaintext } = await world.messenger.request(createApiKey, minted);
  return { id: key.id, plaintext };
}

/** One request whose path and body bytes go out exactly as given: `fetch` would tidy them. */
export function raw(
  world: World,
  method: string,
  path: string,
  options: { headers?: Record<string, string>; body?: Buffer | string } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(world.url);
  const headers = { authorization: `Bearer ${world.keys.clientLive}`, connection: 'close', ...options.headers };
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('end', () => {
        const got = Buffer.concat(chunks).toString('utf8');
        const replied = new Headers(Object.entries(reply.headers).map(([name, value]) => [name, String(value)]));
        const isJson = replied.get('content-type')?.startsWith('application/json') && got !== '';
        resolve({ status: reply.statusCode!, headers: replied, text: got, json: isJson ? JSON.parse(got) : {} });
      });
    });
    sent.on('error', reject);
    sent.end(options.body);
  });
}

/** `[0, 1, … count − 1]` through `work`, all at once. */
export function atOnce<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}

export const replayed = (answer: Answer): boolean => answer.headers.get('idempotency-replayed') === 'true';
