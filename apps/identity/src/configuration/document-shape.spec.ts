import { shapedDocument } from './document-shape.js';

const whole = { apiVersion: 'kraty/v1', kind: 'GameConfig', game: { slug: 'trail-runner' } };
/** 1 + 4 + 4 × `each` nodes. */
const wide = (each: number) => ({
  type: 'and',
  conditions: Array.from({ length: 4 }, () => ({
    type: 'or',
    conditions: Array.from({ length: each }, () => ({ type: 'never' })),
  })),
});
const issuesOf = (events: unknown) => {
  const shaped = shapedDocument({ ...whole, events }, 'body');
  return 'issues' in shaped ? shaped.issues.map(({ path, code }) => `${path} ${code}`) : [];
};

describe('a document with trees of conditions', () => {
  it('is read when they are as large as they may be', () => {
    expect(issuesOf([{ key: 'gated', unlockCondition: wide(14) }])).toEqual([]);
  });

  it('is refused for trees that are too large, of events and of pools, before anything in them is looked at', () => {
    const parameters = { pool: 1, currencyKey: 'gold', winnerPredicate: wide(15) };
    const events = [
      { key: 'gated', unlockCondition: wide(25_000) },
      { key: 'pooled', entryRequirement: wide(14), rewardPolicy: { type: 'shared_pool', parameters } },
    ];
    expect(issuesOf(events)).toEqual([
      'body.events[0].unlockCondition range',
      'body.events[1].rewardPolicy.parameters.winnerPredicate range',
    ]);
  });

  it('is refused for events that are none', () => {
    expect(issuesOf([null, 7])).toContain('body.events type');
  });
});
