import type { BotSimulation, BotView, IdentityPoolView, LeaderboardView } from '@kraty/contracts/leaderboards';
import { eventually } from '@kraty/testing/harness';
import { World } from '@kraty/testing/world';
import { Operator, verdictOf } from './operator.fixture.js';

const services = ['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy'];
const walker = { key: 'walker', name: 'Walker', behavior: { type: 'single', block: 'random_step_with_fall' } };
const sailors = { key: 'sailors', name: 'Sailors', entries: [{ name: 'Ada' }, { name: 'Bram' }] };
const weekly = { key: 'weekly', name: 'Weekly', resetCadence: 'weekly' };

let world: World;
let operator: Operator;

beforeAll(async () => {
  world = await World.start(services);
  await world.configure({ currencies: [{ key: 'pearls', name: 'Pearls', kind: 'currency' }] });
  operator = await Operator.signIn(world);
});

afterAll(() => world.stop());

describe('bots, pools and boards kept one by one', () => {
  it('are made, changed under their version, and archived; each step stands in the audit log', async () => {
    await operator.done<IdentityPoolView>('POST', '/identity-pools', sailors);
    const made = await operator.call('POST', '/bots', { ...walker, identityPoolId: 'sailors' });
    expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"']);
    const bot = made.json.data as unknown as BotView;
    expect(bot).toMatchObject({
      key: 'walker',
      identityPoolKey: 'sailors',
      validation: { status: 'valid', problems: [] },
    });
    expect(verdictOf(await operator.call('POST', '/bots', walker))).toEqual([409, 'conflict']);

    const broken = { ...walker, behavior: { type: 'single', block: 'fly' } };
    const saved = await operator.done<BotView>('PUT', `/bots/${bot.id}`, broken, { version: 1 });
    expect(saved).toMatchObject({
      version: 2,
      validation: { status: 'invalid', problems: [{ path: 'behavior.block' }] },
    });
    expect(verdictOf(await operator.call('PUT', '/bots/walker', walker, { version: 1 }))).toEqual([
      409,
      'version_conflict',
    ]);
    expect(verdictOf(await operator.call('PUT', '/bots/walker', walker))).toEqual([400, 'validation_failed']);

    const bound = { ...weekly, botBindings: [{ botId: 'walker', count: 2 }] };
    expect(verdictOf(await operator.call('POST', '/leaderboards', bound))).toEqual([422, 'config_invalid']);
    await operator.done('PUT', '/bots/walker', walker, { version: 2 });
    const board = await operator.done<LeaderboardView>('POST', '/leaderboards', bound);
    expect(board).toMatchObject({ botBindings: [{ botKey: 'walker', count: 2 }], pendingFrom: null, version: 1 });
    const renamed = await operator.done<LeaderboardView>(
      'PATCH',
      '/leaderboards/weekly',
      { name: 'Every week' },
      { version: 1 },
    );
    expect(renamed).toMatchObject({ name: 'Every week', resetCadence: 'weekly', version: 2 });

    await operator.done('POST', '/bots/walker/archive', {}, { version: 3 });
    expect(await operator.done<BotView[]>('GET', '/bots')).toEqual([]);
    expect(await operator.done<BotView[]>('GET', '/bots?archived=true')).toMatchObject([{ key: 'walker', version: 4 }]);
    await eventually(async () => {
      const rows = await operator.done<{ action: string }[]>('GET', '/audit?action=bot.');
      expect(rows.map(({ action }) => action)).toEqual(['bot.archive', 'bot.update', 'bot.update', 'bot.create']);
    });
  });

  it('keep what never changes once a board has scores', async () => {
    const { version } = await operator.done<LeaderboardView>('POST', '/leaderboards', { ...weekly, key: 'scored' });
    const player = await world.player('mira');
    const scored = { secret: player.secret, body: { value: 5 } };
    expect((await world.call('POST', '/sdk/v1/players/mira/leaderboards/scored/score', scored)).status).toBe(200);
    const wider = { ...weekly, key: 'scored', scope: 'studio' };
    const refused = await operator.call('PUT', '/leaderboards/scored', wider, { version });
    expect(verdictOf(refused)).toEqual([409, 'conflict']);
    expect(refused.json.error!.details).toMatchObject({ reason: 'board_has_scores' });
    const monthly = { ...weekly, key: 'scored', resetCadence: 'monthly' };
    const changed = await operator.done<LeaderboardView>('PUT', '/leaderboards/scored', monthly, { version });
    expect(Date.parse(changed.pendingFrom!)).toBeGreaterThan(Date.now());
  });

  it('refuse the second of two writes that only together make a circle', async () => {
    for (const key of ['one', 'two'])
      await operator.done('POST', '/currencies', { key, name: key, kind: 'progression' });
    const following = (key: string, sourceKey: string) =>
      operator.call(
        'PUT',
        `/currencies/${key}`,
        { key, name: key, kind: 'progression', derivedFrom: { sourceKey, thresholds: [0, 5] } },
        { version: 1 },
      );
    const answers = await Promise.all([following('one', 'two'), following('two', 'one')]);
    expect(answers.map(verdictOf).toSorted()).toEqual([
      [200, undefined],
      [422, 'config_invalid'],
    ]);
  });

  it('answer a repeated write with its first answer', async () => {
    const body = { ...walker, key: 'twice', idempotencyKey: 'bot-twice' };
    const [first, again] = [await operator.call('POST', '/bots', body), await operator.call('POST', '/bots', body)];
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.json.data).toEqual(first.json.data);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('are refused in a shape that is none, with every problem at once', async () => {
    const answer = await operator.call('POST', '/bots', { key: 'x y', name: '', behavior: [], speed: 1 });
    expect(verdictOf(answer)).toEqual([400, 'validation_failed']);
    const issues = answer.json.error!.details!['issues'] as { path: string }[];
    expect(issues.map(({ path }) => path).toSorted()).toEqual(['body.behavior', 'body.key', 'body.name', 'body.speed']);
    expect(verdictOf(await operator.call('GET', '/bots/nobody'))).toEqual([404, 'not_found']);
  });

  it('are for those whose role says so', async () => {
    const viewer = await Operator.signIn(world, 'GAME_VIEWER');
    expect((await viewer.call('GET', '/bots')).status).toBe(200);
    expect(verdictOf(await viewer.call('POST', '/bots', walker))).toEqual([403, 'forbidden']);
    expect(verdictOf(await viewer.call('POST', '/identity-pools', sailors))).toEqual([403, 'forbidden']);
    expect(verdictOf(await viewer.call('POST', '/leaderboards', weekly))).toEqual([403, 'forbidden']);
  });
});

describe('lists by key', () => {
  it.each(['bots', 'items', 'reward-bundles'])(
    'of %s go on after the last key, and refuse a cursor nobody gave',
    async (list) => {
      const entries = [{ type: 'currency', currencyKey: 'pearls', amount: 1 }];
      const bodies: Record<string, object> = {
        bots: { behavior: walker.behavior },
        items: {},
        'reward-bundles': { entries },
      };
      for (const key of ['page_a', 'page_b'])
        await operator.done('POST', `/${list}`, { key, name: key, ...bodies[list] });
      const keys: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const { json } = await operator.call('GET', `/${list}?limit=1&cursor=${cursor}`);
        const page = json as unknown as { data: { key: string }[]; page: { nextCursor: string | null } };
        keys.push(...page.data.map(({ key }) => key));
        cursor = page.page.nextCursor;
      }
      expect(keys.filter((key) => key.startsWith('page_'))).toEqual(['page_a', 'page_b']);
      expect(keys).toEqual(keys.toSorted());
      const refused = await operator.call('GET', `/${list}?cursor=!not-a-cursor!`);
      expect(verdictOf(refused)).toEqual([400, 'validation_failed']);
    },
  );
});

describe('the workbench of bots', () => {
  it('judges a bot without keeping it', async () => {
    const behavior = { type: 'sequence', steps: [{ block: 'idle' }, { block: 'quit' }] };
    const verdict = await operator.done('POST', '/bots/validate', { ...walker, key: 'judged', behavior });
    expect(verdict).toMatchObject({
      status: 'invalid',
      problems: [{ path: 'behavior.steps[0].params.durationSeconds' }],
    });
    expect(verdictOf(await operator.call('GET', '/bots/judged'))).toEqual([404, 'not_found']);
  });

  it('carries a bot from one key to another', async () => {
    await operator.done('POST', '/bots', { ...walker, key: 'carried', tags: ['easy'] });
    const document = await operator.done<object>('GET', '/bots/carried/export');
    expect(document).toEqual({ ...walker, key: 'carried', tags: ['easy'] });
    const imported = await operator.done<BotView>('POST', '/bots/import', { ...document, key: 'carried_too' });
    expect(imported).toMatchObject({ key: 'carried_too', tags: ['easy'], version: 1 });
  });

  it('shows what bots would do, the same each time, and nothing is written', async () => {
    const body = {
      bot: walker,
      durationSeconds: 600,
      seeds: ['a', 'b'],
      slots: 2,
      context: { progressWrites: [1, 2, 3] },
    };
    const first = await operator.done<BotSimulation>('POST', '/bots/simulate', body);
    expect(await operator.done<BotSimulation>('POST', '/bots/simulate', body)).toEqual(first);
    expect(first.series.map(({ seed, slot }) => [seed, slot])).toEqual([
      ['a', 0],
      ['a', 1],
      ['b', 0],
      ['b', 1],
    ]);
    expect(first.gridSeconds).toBe(1);
    expect(first.envelope.at(-1)!.max).toBeLessThanOrEqual(3);
    expect(verdictOf(await operator.call('POST', '/bots/simulate', { ...body, seeds: [] }))).toEqual([
      400,
      'validation_failed',
    ]);
    expect(
      verdictOf(await operator.call('POST', '/bots/simulate', { ...body, bot: undefined, botId: 'nobody' })),
    ).toEqual([404, 'not_found']);
    const broken = { ...walker, behavior: { type: 'single', block: 'fly' } };
    expect(verdictOf(await operator.call('POST', '/bots/simulate', { ...body, bot: broken }))).toEqual([
      422,
      'config_invalid',
    ]);
  });
});
