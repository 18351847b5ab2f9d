import fc from 'fast-check';
import type { Json } from '@kraty/contracts/common';
import type { Condition } from '@kraty/contracts/events';
import { isWellFormed } from './condition-shape.js';
import { failingNode, holds } from './evaluate-condition.js';
import { isUnlocked, needsOfGates, shutGate } from './gates.js';
import { completionId, needsOfCondition, noNeeds, resourceId, type PlayerFacts } from './player-facts.js';

const nowMs = Date.parse('2026-06-01T12:00:00Z');
const yes: Condition = { type: 'always' };
const no: Condition = { type: 'never' };

function facts(overrides: Partial<PlayerFacts> = {}): PlayerFacts {
  return {
    nowMs,
    context: {},
    completions: new Map(),
    amounts: new Map(),
    country: null,
    firstSeenAtMs: null,
    ...overrides,
  };
}

const completed = (times: number, within: 'lifetime' | 'current_window' = 'lifetime') =>
  facts({ completions: new Map([[completionId({ eventKey: 'daily', within }), times]]) });
const holding = (type: 'item' | 'economy', key: string, amount: number) =>
  facts({ amounts: new Map([[resourceId({ type, key }), amount]]) });
const saying = (context: Json) => facts({ context });

describe('a condition', () => {
  it.each<[Condition, PlayerFacts, boolean]>([
    [{ type: 'completed_event_at_least_once', eventKey: 'daily' }, completed(1), true],
    [{ type: 'completed_event_at_least_once', eventKey: 'daily' }, completed(1, 'current_window'), false],
    [{ type: 'completed_event_at_least_once', eventKey: 'nothing' }, completed(1), false],
    [
      { type: 'completed_event_at_least_once', eventKey: 'daily', within: 'current_window' },
      completed(1, 'current_window'),
      true,
    ],
    [{ type: 'completed_event_times_at_least', eventKey: 'daily', count: 3 }, completed(3), true],
    [{ type: 'completed_event_times_at_least', eventKey: 'daily', count: 3 }, completed(2), false],
    [{ type: 'has_item', itemKey: 'bait' }, holding('item', 'bait', 1), true],
    [{ type: 'has_item', itemKey: 'bait' }, holding('economy', 'bait', 1), false],
    [{ type: 'has_item', itemKey: 'bait', quantity: 2 }, holding('item', 'bait', 1), false],
    [{ type: 'currency_at_least', currencyKey: 'pearls', amount: 5 }, holding('economy', 'pearls', 5), true],
    [{ type: 'currency_at_least', currencyKey: 'pearls', amount: 6 }, holding('economy', 'pearls', 5), false],
    [{ type: 'currency_at_least', currencyKey: 'unknown', amount: 1 }, facts(), false],
    [{ type: 'progression_at_least', economyKey: 'level', amount: 7 }, holding('economy', 'level', 7), true],
    [{ type: 'progression_at_least', economyKey: 'level', amount: 8 }, holding('economy', 'level', 7), false],
    [{ type: 'context_equals', key: 'mode', value: 'hard' }, saying({ mode: 'hard' }), true],
    [{ type: 'context_equals', key: 'mode', value: '7' }, saying({ mode: 7 }), false],
    [{ type: 'context_equals', key: 'mode', value: false }, saying({}), false],
    [{ type: 'context_equals', key: 'toString', value: 'x' }, saying({}), false],
    [{ type: 'context_in', key: 'mode', values: ['soft', 7] }, saying({ mode: 7 }), true],
    [{ type: 'context_in', key: 'mode', values: ['soft', 7] }, saying({ mode: '7' }), false],
    [{ type: 'context_at_least', key: 'level', value: 7 }, saying({ level: 7 }), true],
    [{ type: 'context_at_least', key: 'level', value: 7 }, saying({ level: '9' }), false],
    [{ type: 'context_at_most', key: 'level', value: 7 }, saying({ level: 7.5 }), false],
    [{ type: 'context_at_most', key: 'level', value: 7 }, saying({}), false],
    [{ type: 'country_in', countries: ['PT', 'ES'] }, facts({ country: 'PT' }), true],
    [{ type: 'country_in', countries: ['PT', 'ES'] }, saying({ country: 'PT' }), false],
    [{ type: 'player_age_at_least', seconds: 60 }, facts({ firstSeenAtMs: nowMs - 60_000 }), true],
    [{ type: 'player_age_at_least', seconds: 60 }, facts({ firstSeenAtMs: nowMs - 59_999 }), false],
    [{ type: 'player_age_at_least', seconds: 1 }, facts(), false],
    [{ type: 'time_between', from: '2026-06-01T12:00:00Z' }, facts(), true],
    [{ type: 'time_between', from: '2026-06-01T12:00:00.001Z' }, facts(), false],
    [{ type: 'time_between', to: '2026-06-01T12:00:00Z' }, facts(), false],
    [{ type: 'time_between', to: '2026-06-01T12:00:00.001Z' }, facts(), true],
    [{ type: 'time_between' }, facts(), true],
    [yes, facts(), true],
    [no, facts(), false],
    [{ type: 'not', condition: no }, facts(), true],
    [{ type: 'and', conditions: [yes, yes] }, facts(), true],
    [{ type: 'and', conditions: [yes, no] }, facts(), false],
    [{ type: 'or', conditions: [no, yes] }, facts(), true],
    [{ type: 'or', conditions: [no, no] }, facts(), false],
  ])('%j', (condition, known, expected) => {
    expect(holds(condition, known)).toBe(expected);
    expect(failingNode(condition, known) === null).toBe(expected);
  });

  it.each<[Condition, string, string]>([
    [no, 'never', ''],
    [{ type: 'and', conditions: [yes, no, no] }, 'never', 'conditions[1]'],
    [{ type: 'and', conditions: [yes, { type: 'not', condition: yes }] }, 'not', 'conditions[1]'],
    [{ type: 'and', conditions: [{ type: 'and', conditions: [yes, no] }] }, 'never', 'conditions[0].conditions[1]'],
    [{ type: 'or', conditions: [no, { type: 'and', conditions: [no] }] }, 'or', ''],
    [{ type: 'not', condition: { type: 'and', conditions: [yes] } }, 'not', ''],
  ])('names the node that fails: %j', (condition, failedType, path) => {
    const failing = failingNode(condition, facts());
    expect(failing).toMatchObject({ path, node: { type: failedType } });
  });
});

describe('any tree of conditions', () => {
  const trees = fc.letrec<{ node: Condition }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Condition>(yes, no, { type: 'has_item', itemKey: 'bait' }),
      tie('node').map((condition): Condition => ({ type: 'not', condition })),
      fc
        .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('node'), { minLength: 1, maxLength: 4 }))
        .map(([type, conditions]): Condition => ({ type, conditions })),
    ),
  })).node;
  const known = holding('item', 'bait', 1);

  it('is judged as by evaluating all of it, and the node named is false with everything before it true', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const failing = failingNode(tree, known);
        expect(failing === null).toBe(naive(tree));
        if (failing === null) return;
        expect(naive(failing.node)).toBe(false);
        const [found, before] = walk(tree, failing.path);
        expect(found).toEqual(failing.node);
        expect(before.every(naive)).toBe(true);
      }),
    );
  });

  /** Every node has the bait. */
  function naive(tree: Condition): boolean {
    if (tree.type === 'not') return !naive(tree.condition);
    if (tree.type === 'and') return tree.conditions.map(naive).reduce((all, one) => all && one, true);
    if (tree.type === 'or') return tree.conditions.map(naive).reduce((any, one) => any || one, false);
    return tree.type !== 'never';
  }

  function walk(tree: Condition, path: string): [Condition, Condition[]] {
    let node = tree;
    const before: Condition[] = [];
    for (const [, at] of path.matchAll(/conditions\[(\d+)\]/g)) {
      if (node.type !== 'and') throw new Error('a path leads through `and` alone');
      before.push(...node.conditions.slice(0, Number(at)));
      node = node.conditions[Number(at)]!;
    }
    return [node, before];
  }
});

describe('what must be read for a tree', () => {
  it('is every source a leaf names, once, and nothing else', () => {
    const needs = noNeeds();
    needsOfCondition(
      {
        type: 'or',
        conditions: [
          { type: 'not', condition: { type: 'has_item', itemKey: 'bait', quantity: 3 } },
          { type: 'has_item', itemKey: 'bait' },
          { type: 'currency_at_least', currencyKey: 'pearls', amount: 1 },
          { type: 'completed_event_at_least_once', eventKey: 'daily' },
          { type: 'completed_event_times_at_least', eventKey: 'daily', count: 9 },
          { type: 'completed_event_at_least_once', eventKey: 'daily', within: 'current_window' },
          { type: 'context_equals', key: 'a', value: 1 },
        ],
      },
      needs,
    );
    expect([...needs.amounts.values()]).toEqual([
      { type: 'item', key: 'bait' },
      { type: 'economy', key: 'pearls' },
    ]);
    expect([...needs.completions.values()]).toEqual([
      { eventKey: 'daily', within: 'lifetime', atLeast: 9 },
      { eventKey: 'daily', within: 'current_window', atLeast: 1 },
    ]);
    expect(needs.traits).toBe(false);
  });
});

describe('a tree that no validator let pass', () => {
  const deep = (levels: number): Condition => (levels === 1 ? yes : { type: 'not', condition: deep(levels - 1) });

  it.each([
    [{ type: 'sometimes' }],
    [{ type: 'toString' }],
    [{ type: 'has_item' }],
    [{ type: 'not' }],
    [{ type: 'and', conditions: [] }],
    [{ type: 'or', conditions: [yes, { type: 'context_at_least', key: 'level', value: 'high' }] }],
    [{ type: 'and', conditions: Array.from({ length: 17 }, () => yes) }],
    [{ type: 'completed_event_at_least_once', eventKey: 'daily', within: 'yesterday' }],
    [deep(9)],
    ['always'],
    [null],
  ])('is not well formed: %j', (tree) => {
    expect(isWellFormed(tree)).toBe(false);
  });

  it('may be 8 levels deep', () => {
    expect(isWellFormed(deep(8))).toBe(true);
  });

  it('is an error of ours at its own step, and no sooner', () => {
    const broken = { type: 'sometimes' } as unknown as Condition;
    const gate = (unlockCondition: Condition | null, entryRequirement: Condition | null) =>
      shutGate({ unlockCondition, entryRequirement }, facts())?.wire();
    expect(gate(broken, null)).toMatchObject({ code: 'invalid_unlock_condition', status: 500 });
    expect(gate(null, broken)).toMatchObject({ code: 'invalid_entry_requirement', status: 500 });
    expect(gate(no, broken)).toMatchObject({ code: 'unlock_condition_failed', status: 403 });
    const needs = noNeeds();
    needsOfGates({ unlockCondition: broken, entryRequirement: null }, needs);
    expect(needs).toEqual(noNeeds());
    expect(isUnlocked({ unlockCondition: broken, entryRequirement: null }, facts())).toBe(false);
  });
});

describe('the gates of an event', () => {
  it('tell where they are shut; a requirement also what it wants', () => {
    const wants: Condition = { type: 'and', conditions: [yes, { type: 'has_item', itemKey: 'bait', quantity: 2 }] };
    expect(shutGate({ unlockCondition: wants, entryRequirement: null }, facts())?.wire()).toMatchObject({
      code: 'unlock_condition_failed',
      details: { failedType: 'has_item', path: 'conditions[1]' },
    });
    const refused = shutGate({ unlockCondition: yes, entryRequirement: wants }, facts())?.wire();
    expect(refused?.details).toEqual({ failedType: 'has_item', itemKey: 'bait', quantity: 2, path: 'conditions[1]' });
    const wantsOne: Condition = { type: 'has_item', itemKey: 'bait' };
    const without = shutGate({ unlockCondition: yes, entryRequirement: wantsOne }, facts())?.wire();
    expect(without?.details).toEqual({ failedType: 'has_item', itemKey: 'bait', quantity: 1, path: '' });
    expect(shutGate({ unlockCondition: yes, entryRequirement: yes }, facts())).toBeNull();
  });
});
