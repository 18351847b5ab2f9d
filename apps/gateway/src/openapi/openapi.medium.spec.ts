import { World, type Answer, type CallOptions } from '@kraty/testing/world';
import { documentOf, operationsOf, Schemas } from './documents.fixture.js';

const game = {
  settings: { inventoryManagement: 'permissive' },
  items: [
    { key: 'torch', name: { en: 'Torch', de: 'Fackel' }, itemTypeKey: 'consumable' },
    { key: 'chest', name: 'Chest', itemTypeKey: 'crate', crate: { tableKey: 'flotsam' } },
  ],
  currencies: [
    { key: 'pearls', name: 'Pearls', kind: 'currency', initialBalance: 25 },
    { key: 'xp', name: 'Experience', kind: 'progression', clientWritable: true },
  ],
  rewardTables: [
    {
      key: 'flotsam',
      name: 'Flotsam',
      weightedEntries: [{ weight: 1, entry: { type: 'currency', currencyKey: 'pearls', amount: 5 } }],
    },
  ],
  leaderboards: [{ key: 'weekly', name: 'Weekly', resetCadence: 'weekly' }],
  rewardBundles: [
    {
      key: 'daily_prize',
      name: 'Daily prize',
      entries: [
        { type: 'currency', currencyKey: 'pearls', amount: { min: 100, max: 200, step: 50 } },
        { type: 'item', itemKey: 'torch', quantity: 3 },
      ],
    },
  ],
  events: [
    {
      key: 'crab_sprint',
      name: 'Crab sprint',
      status: 'scheduled',
      availability: { mode: 'always_on' },
      metrics: [{ key: 'shells', target: 40, capAtTarget: true }],
      attempt: { replayableDuringWindow: true },
      rewardPolicy: { type: 'fixed_bundle', parameters: { rewardBundleKey: 'daily_prize' } },
    },
  ],
};

/** How long a stream may take to bring the awaited frame. Milliseconds. */
const streamWaitMs = 30_000;

const document = documentOf('sdk');
const schemas = new Schemas(document);
const answered = new Set<string>();
let world: World;

beforeAll(async () => {
  world = await World.start(['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy']);
  await world.configure(game);
});

afterAll(async () => {
  await world.stop();
});

/** One call below `/sdk/v1` whose reply must be as the document says. */
async function call<T>(method: 'GET' | 'POST', path: string, status: number, options: CallOptions = {}): Promise<T> {
  const answer = await world.call(method, `/sdk/v1${path}`, options);
  const operation = schemas.operationAt(method.toLowerCase(), path.split('?', 1)[0]!);
  expect({ path, status: answer.status, text: answer.text }).toMatchObject({ status });
  expect({ path, wrong: schemas.errorsOfReply(operation!, status, answer.json) }).toEqual({ path, wrong: [] });
  answered.add(operation!);
  return answer.json.data as unknown as T;
}

/** Frames of a stream up to the first of a kind, as the document shows them. */
async function framesUntil(
  path: string,
  last: string,
  meanwhile: () => Promise<unknown>,
  secret?: string,
): Promise<unknown[]> {
  const abort = new AbortController();
  const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(streamWaitMs)]);
  const headers = {
    authorization: `Bearer ${world.keys.clientLive}`,
    ...(secret && { 'x-player-secret': secret }),
  };
  const reply = await fetch(`${world.url}/sdk/v1${path}`, { headers, signal });
  answered.add(schemas.operationAt('get', path)!);
  await meanwhile();
  let text = '';
  for await (const chunk of reply.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes(`event: ${last}\n`) && text.endsWith('\n\n')) break;
  }
  abort.abort();
  const frames = text.matchAll(/^event: (.+)\ndata: (.+)$/gm);
  return [...frames].map(([, event, data]) => ({ event, data: JSON.parse(data!) as unknown }));
}

describe('the documents', () => {
  it.each([
    ['/openapi.sdk.json', 'sdk'],
    ['/sdk/v1/openapi.json', 'sdk'],
    ['/openapi.server.json', 'server'],
    ['/server/v1/openapi.json', 'server'],
  ] as const)('are served at %s to anyone', async (path, surface) => {
    const answer: Answer = await world.call('GET', path, { key: null });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.json).toEqual(documentOf(surface));
  });

  it('hold what they say of the server: a ping of a backend', async () => {
    const answer = await world.call('GET', '/server/v1/ping', { key: world.keys.serverLive });
    expect(new Schemas(documentOf('server')).errorsOfReply('get /ping', answer.status, answer.json)).toEqual([]);
  });
});

/** Boards the game has defined, and joining both kinds. */
async function boards(player: string, secret: string, leaderboardId: string): Promise<void> {
  await call('POST', `${player}/event-leaderboards/${leaderboardId}/join`, 200, { secret });
  await call('POST', `${player}/leaderboards/weekly/join`, 200, { secret });
  await call('POST', `${player}/leaderboards/weekly/score`, 200, { secret, body: { value: 12.5 } });
  for (const path of ['/leaderboards/weekly', '/shared-leaderboards/weekly']) {
    await call('GET', `${path}?includeSelf=true&externalId=mira`, 200);
    await call('GET', `${path}/periods`, 200);
  }
  await call('GET', '/leaderboards/weekly/standings?scope=mine&externalId=mira', 200);
}

/** A chest that the player gives itself, and opens. */
async function chests(player: string, secret: string): Promise<void> {
  const entries = [{ type: 'crate', crateItemKey: 'chest', quantity: 1 }];
  const { id } = await call<{ id: string }>('POST', `${player}/grants`, 201, {
    secret,
    body: { kind: 'crate', entries },
  });
  await call('POST', `${player}/crates/${id}/open`, 200, { secret });
}

describe('what the document says of replies', () => {
  it('is what every route answers, in the whole loop', async () => {
    const { secret } = await call<{ secret: string }>('POST', '/players/mira/register', 201);
    const mira = '/players/mira';
    await call('GET', `${mira}/events?status=active`, 200);
    const event = `${mira}/events/crab_sprint`;
    const started = await call<{ attempt: { id: string; leaderboardId: string } }>('POST', `${event}/start`, 201, {
      secret,
      body: { playerContext: { level: 7 }, idempotencyKey: 'a1' },
    });
    const { id, leaderboardId } = started.attempt;
    await call('POST', `${event}/start`, 200, { secret });
    const progress = { mode: 'increment', metrics: { shells: 3.5 } };
    for (const family of ['leaderboards', 'event-leaderboards']) {
      const frames = await framesUntil(`/${family}/${leaderboardId}/stream`, 'score_update', () =>
        call('POST', `${event}/attempts/${id}/progress`, 200, { secret, body: progress }),
      );
      expect(frames.length).toBeGreaterThan(1);
      const schema = document.components.schemas['LeaderboardStreamEvent']!;
      for (const frame of frames) expect(schemas.errorsOf(schema, frame)).toEqual([]);
      const query = 'limit=10&includeSelf=true&externalId=mira&progression=pearls';
      await call('GET', `/${family}/${leaderboardId}?${query}`, 200);
    }
    await call('POST', `${event}/attempts/${id}/progress`, 200, { secret, body: { mode: 'set', metricValue: 40 } });
    const again = await call<typeof started>('POST', `${event}/start`, 201, { secret });
    await call('POST', `${event}/attempts/${again.attempt.id}/finish`, 200, { secret });
    const [grant] = await call<{ id: string }[]>('GET', `${mira}/pending-grants`, 200, { secret });
    await call('POST', `${mira}/grants/${grant!.id}/claim`, 200, { secret });
    await call('GET', `${mira}/inventory`, 200, { secret });
    await call('GET', `${mira}/wallet`, 200, { secret });
    await call('POST', `${mira}/inventory/torch/consume`, 200, { secret, body: { quantity: 1 } });
    await call('POST', `${mira}/wallet/pearls/debit`, 200, { secret, body: { amount: 50, reason: 'shop' } });
    await call('POST', `${mira}/wallet/xp/progress`, 200, { secret, body: { amount: 10 } });
    await boards(mira, secret, again.attempt.leaderboardId);
    await chests(mira, secret);
    const stream = framesUntil(`${mira}/inventory/stream`, 'ready', async () => undefined, secret);
    expect(await stream).toEqual([expect.objectContaining({ event: 'ready' })]);
    for (const path of ['/ping', '/time?timezone=Europe/Lisbon', '/catalog', '/openapi.json']) {
      await call('GET', path, 200);
    }
    const described = operationsOf(document).map(({ method, path }) => `${method} ${path}`);
    expect([...answered].sort()).toEqual(described.sort());
  });

  it('is what they answer when they refuse', async () => {
    const { secret } = await call<{ secret: string }>('POST', '/players/tomo/register', 201);
    const tomo = '/players/tomo';
    const attempt = `${tomo}/events/crab_sprint/attempts/0198f0c1-0000-7000-8000-000000000001`;
    await call('POST', `${tomo}/register`, 409);
    await call('GET', '/ping', 401, { key: null });
    await call('GET', '/ping', 403, { key: world.keys.serverLive });
    await call('GET', '/time?timezone=Nowhere', 400);
    await call('GET', `${tomo}/wallet`, 401, { secret: 'x' });
    await call('POST', `${tomo}/events/nothing/start`, 404, { secret });
    await call('POST', `${attempt}/progress`, 400, { secret, body: { mode: 'both' } });
    await call('POST', `${attempt}/progress`, 404, { secret, body: { mode: 'set', metricValue: 1 } });
    await call('POST', `${attempt}/finish`, 415, { secret, body: '<x/>', headers: { 'content-type': 'text/xml' } });
    await call('POST', `${tomo}/wallet/pearls/debit`, 409, { secret, body: { amount: 5_000 } });
    await call('POST', `${tomo}/wallet/pearls/debit`, 413, { secret, body: { reason: 'x'.repeat(70_000) } });
    await call('GET', '/leaderboards/nothing', 404);
    await call('GET', '/event-leaderboards/nothing', 400);
  });
});
