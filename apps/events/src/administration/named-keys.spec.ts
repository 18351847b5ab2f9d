import { readRewardObject } from '@kraty/contracts/grants';
import { readConfigured } from '@kraty/contracts/leaderboards';
import { fail } from '@kraty/platform/errors';
import { uuidV7 } from '@kraty/platform/ids';
import type { Messenger } from '@kraty/platform/messaging';
import { NamedKeys } from './named-keys.service.js';

const game = { studioId: uuidV7(), gameId: uuidV7() };
const [bundle, bot, pool] = [uuidV7(), uuidV7(), uuidV7()];
const keys: Record<string, string> = {
  [`${readRewardObject.subject} rewardBundles ${bundle}`]: 'prize',
  [`${readConfigured.subject} bots ${bot}`]: 'steady',
  [`${readConfigured.subject} identityPools ${pool}`]: 'sailors',
};

/** The owners: they know these three ids, each of its kind. */
function namedKeys(away: boolean) {
  const asked: string[] = [];
  const request = async ({ subject }: { subject: string }, { section, id }: { section: string; id: string }) => {
    asked.push(id);
    if (away) throw fail('internal_error', 'busy', undefined, { status: 503 });
    const key = keys[`${subject} ${section} ${id}`];
    if (key === undefined) throw fail('not_found', 'there is no such thing');
    return { key };
  };
  return { asked, sut: new NamedKeys({ request } as unknown as Messenger) };
}

const body = {
  rewardPolicy: { type: 'fixed_bundle', parameters: { rewardBundleId: bundle } },
  botBindings: [
    { botId: bot, count: 1, identityPoolId: pool },
    { botId: bot, count: 2 },
    { botId: bundle, count: 3 },
  ],
};

describe('ids in the body of an operator', () => {
  it('become the keys their owners tell, each asked for once; others stay', async () => {
    const { asked, sut } = namedKeys(false);
    expect(await sut.inKeys(game, body)).toEqual({
      rewardPolicy: { type: 'fixed_bundle', parameters: { rewardBundleId: 'prize' } },
      botBindings: [
        { botId: 'steady', count: 1, identityPoolId: 'sailors' },
        { botId: 'steady', count: 2 },
        { botId: bundle, count: 3 },
      ],
    });
    expect(asked.toSorted()).toEqual([bundle, bundle, bot, pool].toSorted());
  });

  it('are asked for only when there are any, and only so many', async () => {
    const { asked, sut } = namedKeys(false);
    expect(await sut.inKeys(game, { botBindings: [{ botId: 'steady', count: 1 }] })).toEqual({
      botBindings: [{ botId: 'steady', count: 1 }],
    });
    expect(asked).toEqual([]);
    await sut.inKeys(game, { botBindings: Array.from({ length: 1_000 }, () => ({ botId: uuidV7(), count: 1 })) });
    expect(asked).toHaveLength(200);
  });

  it('are no reason to guess while an owner is away', async () => {
    await expect(namedKeys(true).sut.inKeys(game, body)).rejects.toMatchObject({ status: 503 });
  });
});
