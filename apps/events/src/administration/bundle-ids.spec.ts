import { bundleIdsIn, withBundleKeys } from './bundle-ids.js';

const [first, second] = ['01a1feb3-4f60-7001-8b62-2da631793007', '01a1feb3-4f60-7001-8b62-2da631793008'];
const event = {
  key: 'e',
  metadata: { rewardBundleId: second },
  rewardPolicy: {
    type: 'rank_scaled',
    parameters: {
      tiers: [{ fromRank: 1, toRank: 1, rewardBundleId: first.toUpperCase() }, { rewardBundleId: 'a_key' }],
    },
  },
  milestoneRewards: [{ key: 'm', rewardBundleId: second }, null],
};

it('bundles named by id are named by key, in policies and milestones and nowhere else', () => {
  expect(bundleIdsIn(event)).toEqual([first, second]);
  expect(withBundleKeys(event, new Map([[first, 'prize']]))).toEqual({
    ...event,
    rewardPolicy: {
      type: 'rank_scaled',
      parameters: { tiers: [{ fromRank: 1, toRank: 1, rewardBundleId: 'prize' }, { rewardBundleId: 'a_key' }] },
    },
  });
});

it.each([null, 'text', [], { rewardPolicy: 7 }])('%j names none and stays what it is', (body) => {
  expect(bundleIdsIn(body)).toEqual([]);
  expect(withBundleKeys(body, new Map())).toEqual(body);
});
