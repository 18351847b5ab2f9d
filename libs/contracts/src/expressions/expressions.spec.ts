import fc from 'fast-check';
import { evaluateExpression, expressionLimits, parseExpression, type Expression } from './index.js';

const variables: Record<string, number | boolean> = {
  elapsedSeconds: 601,
  rank: 4,
  random: 0.25,
  yes: true,
  no: false,
  'metrics.coins': 500,
  'metrics.and': 7,
  'context.level': 7,
  infinite: Infinity,
  nothing: NaN,
};
const known = new Map(Object.entries(variables));
const isKnown = (name: string): boolean => known.has(name);

function evaluate(text: string): number | boolean {
  const parsed = parseExpression(text, isKnown);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return evaluateExpression(parsed.expression, (name) => known.get(name) ?? 0);
}

function problems(text: string): string[] {
  const parsed = parseExpression(text, isKnown);
  return parsed.ok ? [] : parsed.problems.map(({ position, message }) => `${position}: ${message}`);
}

describe('a value', () => {
  it.each<[string, number | boolean]>([
    ['elapsedSeconds > 600', true],
    ['10 / 0 + 1', 1],
    ['10 % 0 + 1', 1],
    ['!(rank <= 3) && random < 0.5', true],
    ['if(true, 1, 1/0)', 1],
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['7 - 2 - 1', 4],
    ['16 / 4 / 2', 2],
    ['-7 % 4', -3],
    ['2 - -3', 5],
    ['--2', 2],
    ['-true + 3', 2],
    ['yes + yes', 2],
    ['no == 0', true],
    ['true == 2', false],
    ['1 != 2', true],
    ['1 >= 1', true],
    ['2 <= 1', false],
    ['0 || no', false],
    ['0.5 && 2', true],
    ['not 0', true],
    ['not not 5', true],
    ['not 1 > 2', true],
    ['1 or 0 and 0', true],
    ['yes and no or yes', true],
    ['true && (1 < 2)', true],
    ['min(3, 1, 2)', 1],
    ['max(3)', 3],
    ['max(1, 2, 3, 4, 5, 6, 7, 8)', 8],
    ['abs(-2.5)', 2.5],
    ['floor(-2.5)', -3],
    ['ceil(2.1)', 3],
    ['round(2.5)', 3],
    ['round(-2.5)', -3],
    ['round(0.49999999999999994)', 0],
    ['clamp(5, 0, 3)', 3],
    ['clamp(-5, 0, 3)', 0],
    ['if(0, 1, 2)', 2],
    ['if(rank, yes, no)', true],
    ['max(metrics.coins, 20 * 10) + (context.level >= 5) * 50', 550],
    ['metrics . coins\n\t+ 1', 501],
    ['metrics.and', 7],
    ['infinite + 1', 1],
    ['nothing', 0],
    ['9'.repeat(400), 0],
    [`${'9'.repeat(300)} * ${'9'.repeat(200)}`, 0],
    ['007.50', 7.5],
  ])('of %s is %s', (text, value) => {
    expect(evaluate(text)).toBe(value);
  });

  it('leaves out the side that does not matter', () => {
    const asked: string[] = [];
    const read = (text: string): void => {
      const parsed = parseExpression(text, () => true);
      if (parsed.ok) evaluateExpression(parsed.expression, (name) => asked.push(name) > 0);
    };
    read('a || b');
    read('!c && d');
    read('if(e, f, g)');
    expect(asked).toEqual(['a', 'c', 'e', 'f']);
  });
});

describe('a text that is no expression', () => {
  it.each([
    ['', ['0: unexpected end']],
    ['1 < 2 < 3', ['6: comparisons cannot be chained']],
    ['process', ['0: unknown identifier "process"']],
    ['constructor', ['0: unknown identifier "constructor"']],
    ['__proto__ + toString', ['0: unknown identifier "__proto__"', '12: unknown identifier "toString"']],
    ['constructor(1)', ['0: unknown function "constructor"']],
    ['metrics.constructor', ['0: unknown identifier "metrics.constructor"']],
    ['true.false', ['0: unknown identifier "true.false"']],
    ['a.b.c', ['0: unknown identifier "a.b"', '3: unexpected "."']],
    ['1;2', ['1: unexpected character ";"']],
    ['1 2', ['2: unexpected "2"']],
    ['1e5', ['1: unexpected "e5"']],
    ['1.', ['1: unexpected "."']],
    ['.5', ['0: unexpected "."']],
    ['+1', ['0: unexpected "+"']],
    ['1 = 1', ['2: unexpected character "="']],
    ['1 & 1', ['2: unexpected character "&"']],
    ['"a"', ['0: unexpected character """']],
    ['rank[0]', ['4: unexpected character "["']],
    ['1 // 2', ['3: unexpected "/"']],
    ['\u00e9', ['0: unexpected character U+00E9']],
    ['1\u00a0', ['1: unexpected character U+00A0']],
    ['(1', ['2: unexpected end, expected ")"']],
    ['1)', ['1: unexpected ")"']],
    ['min()', ['4: unexpected ")"']],
    ['min(1,)', ['6: unexpected ")"']],
    ['abs(1, 2)', ['0: abs takes 1 values, not 2']],
    ['if(1, 2)', ['0: if takes 3 values, not 2']],
    ['max(1, 2, 3, 4, 5, 6, 7, 8, 9)', ['0: max takes 1 to 8 values, not 9']],
    ['-!1', ['1: unexpected "!"']],
    ['and', ['0: unexpected "and"']],
    ['metrics.', ['8: unexpected end']],
    ['metrics.1', ['8: unexpected "1"']],
  ])('%j is refused with its place', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('is bounded in characters, nodes and depth', () => {
    expect(problems('1'.padEnd(512))).toEqual([]);
    expect(problems('1'.padEnd(513))).toEqual(['512: must have at most 512 characters']);

    const ones = (count: number): string => Array.from({ length: count }, () => '1').join('+');
    expect(evaluate(ones(64))).toBe(64);
    expect(problems(ones(65))).toEqual(['127: more than 128 values and operations']);

    const nested = (levels: number): string => `${'('.repeat(levels)}1${')'.repeat(levels)}`;
    expect(evaluate(nested(16))).toBe(1);
    expect(problems(nested(17))).toEqual(['16: nested deeper than 16 levels']);
    for (const sign of ['-', '!', 'not ', 'abs(', 'min(1,', '1+(']) {
      expect(problems(sign.repeat(17))[0]).toMatch(/nested deeper than 16 levels$/);
    }
  });
});

describe('whatever the text', () => {
  const piece = fc.constantFrom(
    ...['(', ')', '-', '!', '+', '*', '/', '%', '<', '==', '&&', 'or', 'not ', ',', '.', '1', '0', '2.5', ' ', 'rank'],
    ...[
      'metrics.coins',
      'yes',
      'min(',
      'if(',
      'clamp(',
      'constructor',
      '__proto__',
      'toString',
      'hasOwnProperty',
      'eval(',
    ],
  );
  const soup = fc.array(piece, { maxLength: 120 }).map((pieces) => pieces.join(''));
  const bytes = fc.uint8Array({ maxLength: 600 }).map((array) => Buffer.from(array).toString('latin1'));
  const units = fc.string({ unit: 'binary', maxLength: 600 });
  const deep = fc
    .tuple(fc.constantFrom('(', '!', '-', 'abs(', 'if(1,', '1+(', 'a.', 'not '), fc.integer({ min: 1, max: 600 }))
    .map(([opening, times]) => opening.repeat(times));

  it('parsing ends with an expression or with problems that have a place, and evaluation with a finite value', () => {
    fc.assert(
      fc.property(fc.oneof(soup, bytes, units, deep), (text) => {
        const parsed = parseExpression(text, isKnown);
        if (!parsed.ok) {
          expect(parsed.problems.length).toBeGreaterThan(0);
          expect(parsed.problems.every(({ position }) => position >= 0 && position <= text.length)).toBe(true);
          return;
        }
        expect(nodesIn(parsed.expression)).toBeLessThanOrEqual(expressionLimits.nodesMax);
        expectTotal(parsed.expression);
      }),
      { numRuns: 3_000 },
    );
  });

  it('a text of the grammar is read as the tree it was written from', () => {
    fc.assert(
      fc.property(grammatical, ({ text, value }) => {
        const parsed = parseExpression(text, isKnown);
        if (!parsed.ok) {
          expect(parsed.problems[0]?.message).toMatch(/^(must have at most|more than|nested deeper)/);
          return;
        }
        expect(evaluateExpression(parsed.expression, (name) => known.get(name) ?? 0)).toBe(value);
      }),
      { numRuns: 2_000 },
    );
  });
});

function nodesIn(expression: Expression): number {
  if (expression.kind === 'not' || expression.kind === 'minus') return 1 + nodesIn(expression.operand);
  if (expression.kind === 'binary') return 1 + nodesIn(expression.left) + nodesIn(expression.right);
  if (expression.kind === 'call') return expression.operands.reduce((sum, operand) => sum + nodesIn(operand), 1);
  return 1;
}

function expectTotal(expression: Expression): void {
  for (const extreme of [0, -1, 1e308, -1e308, NaN, Infinity, true]) {
    let reads = 0;
    const value = evaluateExpression(expression, () => {
      reads += 1;
      return extreme;
    });
    expect(typeof value === 'boolean' || Number.isFinite(value)).toBe(true);
    expect(reads).toBeLessThanOrEqual(expressionLimits.nodesMax);
  }
}

/** Texts with every pair of parentheses written out, beside the value computed while writing them. */
interface Written {
  text: string;
  value: number | boolean;
}
const { grammatical } = fc.letrec<{ grammatical: Written }>((tie) => {
  const operand = tie('grammatical');
  const number = fc.integer({ min: 0, max: 999 }).map((value): Written => ({ text: `${value}`, value }));
  const variable = fc
    .constantFrom('rank', 'yes', 'metrics.coins')
    .map((name): Written => ({ text: name, value: variables[name] ?? 0 }));
  const negated = operand.map(({ text, value }): Written => ({ text: `!(${text})`, value: !value }));
  const pairs = fc
    .tuple(operand, fc.constantFrom('+', '-', '*', '<', '==', '&&', '||'), operand)
    .map(([left, operator, right]): Written => ({
      text: `(${left.text}) ${operator} (${right.text})`,
      value: applied(left.value, operator, right.value),
    }));
  const chosen = fc.tuple(operand, operand, operand).map(([condition, then, otherwise]): Written => ({
    text: `if(${condition.text}, ${then.text}, ${otherwise.text})`,
    value: condition.value ? then.value : otherwise.value,
  }));
  return { grammatical: fc.oneof({ maxDepth: 4, withCrossShrink: true }, number, variable, negated, pairs, chosen) };
});

function applied(left: number | boolean, operator: string, right: number | boolean): number | boolean {
  const [a, b] = [Number(left), Number(right)];
  if (operator === '+') return finite(a + b);
  if (operator === '-') return finite(a - b);
  if (operator === '*') return finite(a * b);
  if (operator === '<') return a < b;
  if (operator === '==') return a === b;
  return operator === '&&' ? Boolean(left) && Boolean(right) : Boolean(left) || Boolean(right);
}

const finite = (value: number): number => (Number.isFinite(value) ? value : 0);
