import { treeProblem } from './tree-bounds.js';

const bounds = { nodesMax: 64, depthMax: 8 };
const leaf = { type: 'always' };
const several = (count: number) => ({ type: 'and', conditions: Array.from({ length: count }, () => leaf) });

function nested(depth: number): object {
  return depth === 1 ? leaf : { type: 'not', condition: nested(depth - 1) };
}

it.each<[string, unknown]>([
  ['a leaf', leaf],
  ['as many nodes as there may be', several(63)],
  ['as deep as it may be', nested(8)],
  ['no tree at all', 'always'],
  ['a field that holds none', { type: 'and', conditions: 'all', condition: 7 }],
])('%s may be looked at', (_, tree) => {
  expect(treeProblem(tree, bounds)).toBeNull();
});

it.each<[string, unknown, string]>([
  ['one node too many', several(64), 'has more than 64 conditions in it'],
  ['one level too deep', nested(9), 'nested deeper than 8 levels'],
  [
    'both fields of a node',
    { condition: several(31), conditions: several(40).conditions },
    'has more than 64 conditions in it',
  ],
])('%s is refused', (_, tree, message) => {
  expect(treeProblem(tree, bounds)).toBe(message);
});

it('looks no further than the bound', () => {
  let looked = 0;
  const spy = () => ({
    get conditions() {
      looked += 1;
      return Array.from({ length: 10 }, spy);
    },
  });
  expect(treeProblem(spy(), bounds)).not.toBeNull();
  expect(looked).toBeLessThanOrEqual(64);
});
