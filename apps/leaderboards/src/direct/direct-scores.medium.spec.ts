import type { Idempotency } from '@kraty/contracts/common';
import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { BoardsWorld } from '../boards-world.fixture.js';
import { Ranks } from '../ranks/ranks.service.js';
import { ScoresStore } from '../scores/scores.store.js';

const key = 'weekly_sum';

let world: BoardsWorld;

beforeAll(async () => {
  world = await BoardsWorld.start('2026-06-17T12:00:00.000Z');
  const board = { key, name: 'Sum', resetCadence: 'weekly' as const, scoreAggregation: 'sum' as const };
  expect(await world.configure([board])).toEqual([]);
});

afterAll(() => world.stop());

const get = <T>(type: new (...given: never[]) => T): T => world.host.service('leaderboards').app.get(type);

function call(): { idempotency: Idempotency } {
  const operation = `POST /players/mira/leaderboards/${key}/score`;
  return { idempotency: { operation, key: uuidV7(), bodyHash: 'a'.repeat(64) } };
}

describe('the rank in the answer to a direct score', () => {
  it('comes from the index, without a look at other rows', async () => {
    const [mira, nico] = [world.player('mira'), world.player('nico')];
    await world.submit(key, mira, 10);
    const { id } = await list();
    await eventually(async () => expect(await get(Ranks).size(id)).toBe(1));
    const scores = get(ScoresStore);
    Object.assign(scores, { ranks: () => Promise.reject(new Error('rows are counted')) });
    expect(await world.submit(key, nico, 20)).toMatchObject({ score: 20, rank: 1 });
    expect(await world.submit(key, mira, 0)).toMatchObject({ score: 10, rank: 2 });
    Reflect.deleteProperty(scores, 'ranks');
  });

  it('is counted, after the commit, while there is no index', async () => {
    const olga = world.player('olga');
    const [ranks, scores] = [get(Ranks), get(ScoresStore)];
    Object.assign(ranks, { read: () => Promise.resolve(null) });
    const count = scores.ranks.bind(scores);
    const inTransaction: boolean[] = [];
    Object.assign(scores, {
      ranks: (...given: Parameters<typeof count>) => {
        inTransaction.push(given.length > 2);
        return count(...given);
      },
    });
    expect(await world.submit(key, olga, 15)).toMatchObject({ score: 15, rank: 2 });
    expect(inTransaction).toEqual([false]);
    Reflect.deleteProperty(ranks, 'read');
    Reflect.deleteProperty(scores, 'ranks');
  });

  it('stays the first one under its key, whoever has overtaken since', async () => {
    const [pia, quin] = [world.player('pia'), world.player('quin')];
    const once = call();
    const first = await world.submit(key, pia, 50, once);
    expect(first).toMatchObject({ score: 50, rank: 1 });
    await world.submit(key, quin, 60);
    const repeats = await Promise.all(Array.from({ length: 5 }, () => world.submit(key, pia, 50, once)));
    for (const repeat of repeats) expect(repeat).toEqual(first);
  });

  it('is completed by a repeat when the process died before it could tell', async () => {
    const rosa = world.player('rosa');
    const once = call();
    const ranks = get(Ranks);
    Object.assign(ranks, { applyAll: () => Promise.reject(new Error('the process dies')) });
    await expect(world.submit(key, rosa, 70, once)).rejects.toMatchObject({ code: 'internal_error' });
    Reflect.deleteProperty(ranks, 'applyAll');
    await get(Ranks).rebuildAnew((await list()).id);
    const whole = await world.submit(key, rosa, 70, once);
    expect(whole).toEqual({ leaderboardId: expect.any(String), score: 70, rank: 1 });
    await world.submit(key, world.player('sam'), 80);
    expect(await world.submit(key, rosa, 70, once)).toEqual(whole);
  });

  async function list(): Promise<{ id: string }> {
    const text = 'select leaderboard_id as id from board where definition_id is not null';
    return (await world.ground.sql<{ id: string }>('leaderboards', text))[0]!;
  }
});
