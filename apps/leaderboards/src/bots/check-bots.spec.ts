import type { CheckConfiguration, Sections } from '@kraty/contracts/configuration';
import { emptySections } from '@kraty/contracts/configuration';
import type { LeaderboardConfiguration } from '@kraty/contracts/leaderboards';
import { botWarnings, checkBots } from './check-bots.js';

const walker = { key: 'walker', name: 'Walker', behavior: { type: 'single', block: 'random_step_with_fall' } } as const;
const broken = { key: 'broken', name: 'Broken', behavior: { type: 'single', block: 'fly' } as never };
const sailors = { key: 'sailors', name: 'Sailors', entries: [{ name: 'Ada' }, { name: 'Bram' }] };
const weekly: LeaderboardConfiguration = { key: 'weekly', name: 'Weekly', resetCadence: 'weekly' };

function check(upserts: Partial<Sections>, archives: CheckConfiguration['changes']['archives'] = {}): string[] {
  const desired = { ...emptySections(), bots: [walker, broken], identityPools: [sailors], ...upserts };
  const configuration = { changes: { upserts, archives }, desired } as unknown as CheckConfiguration;
  const known = { bots: new Set(['walker']), pools: new Set(['sailors']) };
  return checkBots(configuration, known).map(({ path, code }) => `${path} ${code}`);
}

describe('bots of a document', () => {
  it.each<[string, Partial<Sections>, string[]]>([
    ['a bot', { bots: [{ ...walker, identityPoolKey: 'sailors' }] }, []],
    ['a bot that is not valid', { bots: [broken] }, []],
    [
      'a pool nobody knows',
      { bots: [{ ...walker, identityPoolKey: 'gone' }] },
      ['bots[walker].identityPoolKey unknown_reference'],
    ],
    [
      'a name used twice',
      { identityPools: [{ ...sailors, entries: [{ name: 'Ada' }, { name: 'Bo' }, { name: 'Ada' }] }] },
      ['identityPools[sailors].entries[2].name duplicate'],
    ],
    [
      'a key that is an id',
      { bots: [{ ...walker, key: '11111111-1111-4111-8111-111111111111' }] },
      ['bots[11111111-1111-4111-8111-111111111111].key format'],
    ],
    ['a binding', { leaderboards: [{ ...weekly, botBindings: [{ botKey: 'walker', count: 200 }] }] }, []],
    [
      'bindings of what is not there',
      {
        leaderboards: [
          {
            ...weekly,
            botBindings: [
              { botKey: 'gone', count: 1 },
              { botKey: 'broken', count: 1, identityPoolKey: 'gone' },
            ],
          },
        ],
      },
      [
        'leaderboards[weekly].botBindings[0].botKey unknown_reference',
        'leaderboards[weekly].botBindings[1].botKey conflict',
        'leaderboards[weekly].botBindings[1].identityPoolKey unknown_reference',
      ],
    ],
    [
      'more bots than a board takes',
      { leaderboards: [{ ...weekly, botBindings: [200, 200, 101].map((count) => ({ botKey: 'walker', count })) }] },
      ['leaderboards[weekly].botBindings range'],
    ],
    [
      'bots on boards without an end or with balances for scores',
      {
        leaderboards: [
          {
            ...weekly,
            resetCadence: 'never',
            rankBy: { type: 'progression', economyKey: 'xp' },
            botBindings: [{ botKey: 'walker', count: 1 }],
          },
        ],
      },
      ['leaderboards[weekly].botBindings conflict', 'leaderboards[weekly].botBindings conflict'],
    ],
  ])('with %s are judged', (_name, upserts, expected) => {
    expect(check(upserts)).toEqual(expected);
  });

  it('can only archive what is there', () => {
    expect(check({}, { bots: ['walker', 'gone'], identityPools: ['sailors', 'lost'] })).toEqual([
      'identityPools[lost] unknown_reference',
      'bots[gone] unknown_reference',
    ]);
  });

  it('come with a word about what will not work', () => {
    const stranded = {
      key: 'stranded',
      name: 'Stranded',
      behavior: { type: 'state_machine', initial: 'one', states: { one: { block: 'idle' }, two: { block: 'idle' } } },
    } as never;
    const warnings = botWarnings({ changes: { upserts: { bots: [walker, broken, stranded] }, archives: {} } });
    expect(warnings.map(({ code, path }) => `${path} ${code}`)).toEqual([
      'bots[broken].behavior bot_invalid',
      'bots[stranded].behavior.states.two state_unreachable',
    ]);
  });
});
