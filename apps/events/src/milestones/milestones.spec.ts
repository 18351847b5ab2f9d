import type { MilestoneReward } from '@kraty/contracts/grants';
import { eventDefinition } from '../definitions/event-definition.js';
import { newlyReached } from './milestones.js';

const milestone = (key: string, metricKey: string, threshold: number): MilestoneReward => ({
  key,
  metricKey,
  threshold,
  entries: [],
});

/** In firing order, as a definition gives them. */
const ordered = (...milestoneRewards: MilestoneReward[]) =>
  eventDefinition(
    {
      key: 'quest',
      availability: { mode: 'always_on' },
      metrics: [{ key: 'kills', cap: 10 }, { key: 'boss' }],
      milestoneRewards,
    },
    1,
  ).milestones;

const keys = (milestones: readonly MilestoneReward[], fired: string[], raw: Record<string, number>) =>
  newlyReached(milestones, fired, raw).map(({ key }) => key);

describe('a milestone', () => {
  const two = ordered(milestone('kills_15', 'kills', 15), milestone('kills_5', 'kills', 5));

  it('fires with the others of its write by threshold, and not again', () => {
    expect(keys(two, [], { kills: 3 })).toEqual([]);
    expect(keys(two, [], { kills: 17 })).toEqual(['kills_5', 'kills_15']);
    expect(keys(two, ['kills_5'], { kills: 17 })).toEqual(['kills_15']);
    expect(keys(two, ['kills_5', 'kills_15'], { kills: 18 })).toEqual([]);
  });

  it('fires at exactly its threshold, and looks at raw values beyond any cap', () => {
    expect(keys(two, [], { kills: 4.999999 })).toEqual([]);
    expect(keys(two, [], { kills: 5 })).toEqual(['kills_5']);
    expect(keys(two, ['kills_5'], { kills: 15 })).toEqual(['kills_15']);
  });

  it('of an equal threshold fires in the order of its declaration, also of another metric', () => {
    const equal = ordered(milestone('b', 'boss', 5), milestone('a', 'kills', 5), milestone('first', 'kills', 1));
    expect(keys(equal, [], { kills: 5, boss: 5 })).toEqual(['first', 'b', 'a']);
  });
});
