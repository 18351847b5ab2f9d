import { World, type Answer, type Player } from '@kraty/testing/world';

/** The loop of the product, as a client that knows only 01 and 02 would play it. */
const game = {
  items: [{ key: 'torch', name: 'Torch', itemTypeKey: 'consumable' }],
  currencies: [
    { key: 'pearls', name: 'Pearls', kind: 'currency', initialBalance: 25 },
    { key: 'renown', name: 'Renown', kind: 'progression' },
  ],
  rewardBundles: [
    {
      key: 'daily_prize',
      name: 'Daily prize',
      entries: [
        { type: 'currency', currencyKey: 'pearls', amount: 100 },
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
      metadata: { banner: 'tide' },
      metrics: [{ key: 'shells', target: 40, capAtTarget: true }],
      attempt: { replayableDuringWindow: true },
      rewardPolicy: { type: 'fixed_bundle', parameters: { rewardBundleKey: 'daily_prize' } },
    },
  ],
};

interface Attempt {
  id: string;
  leaderboardId: string;
  status: string;
  score: number;
  metrics: Record<string, number>;
  metricsRaw: Record<string, number>;
}

let world: World;

beforeAll(async () => {
  world = await World.start(['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy']);
  await world.configure(game);
});

afterAll(async () => {
  await world.stop();
});

const data = <T>(answer: Answer, status = 200): T => {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.text}`);
  return answer.json.data as unknown as T;
};

const start = async (player: Player, body: object = {}): Promise<Attempt> =>
  data<{ attempt: Attempt }>(await player.post('/events/crab_sprint/start', body), 201).attempt;

const report = (player: Player, attempt: Attempt, body: object): Promise<Answer> =>
  player.post(`/events/crab_sprint/attempts/${attempt.id}/progress`, body);

const board = async (id: string, query = ''): Promise<{ entries: Record<string, unknown>[]; self: unknown }> =>
  data(await world.call('GET', `/sdk/v1/leaderboards/${id}${query}`));

describe('the loop', () => {
  it('registers, lists, plays, ranks, completes, claims and pays', async () => {
    const mira = await world.player('mira');
    const [listed] = data<Record<string, unknown>[]>(await mira.get('/events?status=active'));
    expect(listed).toMatchObject({
      eventKey: 'crab_sprint',
      type: 'single_metric',
      leaderboardMode: 'global',
      currentAttemptId: null,
      metadata: { banner: 'tide' },
      entryCost: null,
      entryRequirement: null,
      milestoneRewards: [],
      metrics: [{ key: 'shells', target: 40, capAtTarget: true, scorePerUnit: 1, scoreWeight: 1 }],
      rewardPolicy: { type: 'fixed_bundle', bundle: { key: 'daily_prize', name: 'Daily prize', randomEntries: 0 } },
    });
    const attempt = await start(mira, { playerContext: { level: 7 }, idempotencyKey: 'a1' });
    expect(attempt).toMatchObject({ status: 'in_progress', score: 0, metrics: { shells: 0 } });
    expect(attempt.leaderboardId).toBe(listed!['leaderboardId']);
    expect((await board(attempt.leaderboardId, '?includeSelf=true&externalId=mira')).self).toEqual({
      rank: 1,
      score: 0,
    });

    const first = data<{ attempt: Attempt }>(await report(mira, attempt, { mode: 'increment', metricValue: 3 }));
    expect(first.attempt).toMatchObject({ score: 3, status: 'in_progress' });
    const seen = await board(attempt.leaderboardId, '?includeSelf=1&externalId=mira');
    expect(seen.self).toEqual({ rank: 1, score: 3 });
    expect(seen.entries[0]).toMatchObject({ isSelf: true, kind: 'player', player: { externalPlayerId: 'mira' } });

    const last = await report(mira, attempt, { mode: 'set', metrics: { shells: 41 } });
    expect(data<{ attempt: Attempt }>(last).attempt).toMatchObject({
      status: 'completed',
      score: 40,
      metricsRaw: { shells: 41 },
      metrics: { shells: 40 },
    });
    const [grant] = data<Record<string, unknown>[]>(await mira.get('/pending-grants'));
    expect(grant).toMatchObject({
      kind: 'reward',
      status: 'pending',
      sourceKind: 'event_completion',
      sourceRefId: attempt.id,
    });
    const claimed = data<Record<string, unknown>>(await mira.post(`/grants/${grant!['id']}/claim`));
    expect(claimed).toMatchObject({ id: grant!['id'], status: 'claimed', ackedBy: 'sdk' });
    expect(data(await mira.get('/wallet'))).toMatchObject({ wallet: [{ economyKey: 'pearls', balance: 125 }] });
    expect(data(await mira.get('/inventory'))).toMatchObject({ items: [{ itemKey: 'torch', quantity: 3 }] });
    expect(data(await mira.post(`/grants/${grant!['id']}/claim`))).toEqual(claimed);
    expect(data(await mira.get('/wallet'))).toMatchObject({ wallet: [{ balance: 125 }] });
    expect(data<unknown[]>(await mira.get('/pending-grants'))).toEqual([]);
  });

  it('answers a repeated write with the recorded reply and refuses another body under its key', async () => {
    const tomo = await world.player('tomo');
    const attempt = await start(tomo);
    const body = { mode: 'increment', metricValue: 2, idempotencyKey: 'p-1' };
    const first = await report(tomo, attempt, body);
    const again = await report(tomo, attempt, body);
    expect(again.text).toBe(first.text);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = await report(tomo, attempt, { ...body, metricValue: 3 });
    expect([other.status, other.json.error]).toMatchObject([
      409,
      { code: 'idempotency_conflict', details: { idempotencyKey: 'p-1' } },
    ]);
    expect((await board(attempt.leaderboardId, '?includeSelf=1&externalId=tomo')).self).toMatchObject({ score: 2 });
  });

  it('hands back the attempt in progress and starts a fresh one after finish', async () => {
    const ines = await world.player('ines');
    const attempt = await start(ines);
    expect(data<{ attempt: Attempt }>(await ines.post('/events/crab_sprint/start')).attempt.id).toBe(attempt.id);
    const finished = await ines.post(`/events/crab_sprint/attempts/${attempt.id}/finish`);
    expect(data(finished)).toMatchObject({ outcome: 'expired', attempt: { status: 'expired', completedAt: null } });
    const late = await report(ines, attempt, { mode: 'increment', metricValue: 1 });
    expect([late.status, late.json.error]).toMatchObject([
      409,
      { code: 'attempt_finished', details: { status: 'expired' } },
    ]);
    expect((await start(ines)).id).not.toBe(attempt.id);
  });

  it('spends what is held and nothing more', async () => {
    const noor = await world.player('noor');
    const debit = (amount: number, idempotencyKey?: string) =>
      noor.post('/wallet/pearls/debit', { amount, idempotencyKey });
    expect(data(await debit(20, 'd-1'))).toEqual({ economyKey: 'pearls', balance: 5, applied: true });
    expect(data(await debit(20, 'd-1'))).toEqual({ economyKey: 'pearls', balance: 5, applied: false });
    const short = await debit(6);
    expect([short.status, short.json.error]).toMatchObject([
      409,
      { code: 'conflict', details: { reason: 'insufficient_balance', resource: 'pearls', needed: 6, have: 5 } },
    ]);
    const none = await noor.post('/inventory/torch/consume', { quantity: 1 });
    expect([none.status, none.json.error?.details]).toMatchObject([409, { reason: 'insufficient_balance', have: 0 }]);
  });

  it('shows the catalog with a tag that answers 304', async () => {
    const answer = await world.call('GET', '/sdk/v1/catalog');
    expect(data(answer)).toMatchObject({
      items: [{ key: 'torch' }],
      currencies: [{ key: 'pearls' }, { key: 'renown' }],
    });
    const etag = answer.headers.get('etag')!;
    const again = await world.call('GET', '/sdk/v1/catalog', { headers: { 'if-none-match': etag } });
    expect([again.status, again.text]).toEqual([304, '']);
  });
});
