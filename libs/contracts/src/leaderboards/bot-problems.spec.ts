import fc from 'fast-check';
import { botBlocks, botProblems, unreachableStates, type BotBehavior } from './index.js';

const pathsOf = (behavior: unknown): string[] => botProblems(behavior).map(({ path }) => path);
const machine = (states: object, initial = 'one'): unknown => ({ type: 'state_machine', initial, states });

describe('a behavior', () => {
  it.each([
    ['a single block', { type: 'single', block: 'random_step_with_fall' }],
    ['a start score', { type: 'single', block: 'idle', startScore: 1e9 }],
    ['parameters', { type: 'single', block: 'progress_linear', params: { targetScore: 5, variance: 1 } }],
    [
      'a sequence',
      { type: 'sequence', steps: [{ block: 'wait', params: { durationSeconds: 1 } }, { block: 'complete' }] },
    ],
    ['a state machine', machine({ one: { block: 'idle', transitions: [{ when: { expr: 'rank > 3' }, to: 'one' }] } })],
    ['a state that ends', machine({ one: { block: 'quit' } })],
  ])('with %s is valid', (_name, behavior) => {
    expect(botProblems(behavior)).toEqual([]);
  });

  it.each([
    ['nothing', null, ['behavior']],
    ['an unknown type', { type: 'chaos' }, ['behavior.type']],
    ['an unknown block', { type: 'single', block: 'fly' }, ['behavior.block']],
    ['an unknown field', { type: 'single', block: 'idle', speed: 1 }, ['behavior.speed']],
    ['an unknown parameter', { type: 'single', block: 'idle', params: { speed: 1 } }, ['behavior.params.speed']],
    [
      'a parameter named as of every object',
      { type: 'single', block: 'idle', params: { constructor: 1 } },
      ['behavior.params.constructor'],
    ],
    ['a missing parameter', { type: 'single', block: 'wait' }, ['behavior.params.durationSeconds']],
    [
      'a text for a number',
      { type: 'single', block: 'idle', params: { durationSeconds: '5' } },
      ['behavior.params.durationSeconds'],
    ],
    ['a negative start', { type: 'single', block: 'idle', startScore: -1 }, ['behavior.startScore']],
    [
      'a rate and a duration',
      { type: 'single', block: 'progress_linear', params: { targetScore: 1, durationSeconds: 1, ratePerSecond: 1 } },
      ['behavior.params.ratePerSecond'],
    ],
    ['a completion of nothing', { type: 'single', block: 'complete_at' }, ['behavior.params']],
    [
      'a burst that ends before it begins',
      { type: 'single', block: 'progress_burst', params: { targetScore: 1, burstStart: 0.8 } },
      ['behavior.params.burstStart'],
    ],
    [
      'a chance above 1',
      { type: 'single', block: 'random_step_with_fall', params: { advanceChance: 1.1 } },
      ['behavior.params.advanceChance'],
    ],
    ['no steps', { type: 'sequence', steps: [] }, ['behavior.steps']],
    [
      'steps that are never done',
      { type: 'sequence', steps: [{ block: 'idle' }, { block: 'quit' }, { block: 'complete' }] },
      ['behavior.steps[0].params.durationSeconds', 'behavior.steps[1].block'],
    ],
    ['an initial state that is none', machine({ one: { block: 'idle' } }, 'two'), ['behavior.initial']],
    ['a state with a bad name', machine({ One: { block: 'idle' } }, 'One'), ['behavior.states.One']],
    [
      'a transition to nowhere',
      machine({ one: { block: 'idle', transitions: [{ when: { expr: 'true' }, to: 'two' }] } }),
      ['behavior.states.one.transitions[0].to'],
    ],
    [
      'expressions that are none',
      machine({
        one: {
          block: 'idle',
          transitions: ['constructor', 'a.b.c', '1;2', 'metrics.kills > 1'].map((expr) => ({
            when: { expr },
            to: 'one',
          })),
        },
      }),
      [0, 1, 1, 2, 3].map((at) => `behavior.states.one.transitions[${at}].when.expr`),
    ],
  ])('with %s is not', (_name, behavior, paths) => {
    expect(pathsOf(behavior)).toEqual(paths);
  });

  it('is judged whatever JSON it is, in a bounded list', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...botBlocks, 'single'), (value, block) => {
        expect(Array.isArray(botProblems(value))).toBe(true);
        for (const behavior of [
          { type: 'single', block, params: value },
          { type: 'sequence', steps: value },
          machine({ one: value }),
        ]) {
          expect(botProblems(behavior).length).toBeLessThanOrEqual(100);
        }
      }),
      { numRuns: 300 },
    );
    const crowded = { type: 'sequence', steps: Array.from({ length: 32 }, () => ({ block: 'x', a: 1, b: 2, c: 3 })) };
    expect(botProblems(crowded)).toHaveLength(100);
  });

  it('may have states that nothing leads to', () => {
    const behavior = machine({
      one: { block: 'idle', transitions: [{ when: { expr: 'true' }, to: 'two' }] },
      two: { block: 'idle' },
      three: { block: 'idle', transitions: [{ when: { expr: 'true' }, to: 'one' }] },
    }) as BotBehavior;
    expect(unreachableStates(behavior)).toEqual(['three']);
  });
});
