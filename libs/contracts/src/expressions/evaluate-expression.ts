import type { BinaryOperator, Expression, ExpressionFunction } from './expression.js';

type Value = number | boolean;
type Binary = Extract<Expression, { kind: 'binary' }>;

/**
 * Walks a parsed expression (10 §7). Total: whatever the values, it ends after at most one visit a node, and what is
 * not finite counts as 0.
 */
export function evaluateExpression(expression: Expression, valueOf: (identifier: string) => Value): Value {
  switch (expression.kind) {
    case 'literal':
      return finite(expression.value);
    case 'identifier':
      return finite(valueOf(expression.name));
    case 'not':
      return !isTrue(evaluateExpression(expression.operand, valueOf));
    case 'minus':
      return finite(-Number(evaluateExpression(expression.operand, valueOf)));
    case 'binary':
      return binary(expression, valueOf);
    case 'call':
      return call(expression.name, expression.operands, valueOf);
  }
}

function binary({ operator, left, right }: Binary, valueOf: (identifier: string) => Value): Value {
  const first = evaluateExpression(left, valueOf);
  if (operator === '&&' && !isTrue(first)) return false;
  if (operator === '||' && isTrue(first)) return true;
  const second = evaluateExpression(right, valueOf);
  if (operator === '&&' || operator === '||') return isTrue(second);
  return finite(operations[operator](Number(first), Number(second)));
}

const operations: Record<Exclude<BinaryOperator, '&&' | '||'>, (a: number, b: number) => Value> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

function call(name: ExpressionFunction, operands: Expression[], valueOf: (identifier: string) => Value): Value {
  if (name === 'if') return choose(operands, valueOf);
  const values = operands.map((operand) => Number(evaluateExpression(operand, valueOf)));
  return finite(functions[name](...values));
}

/** Only the side that is chosen is looked at. */
function choose([condition, then, otherwise]: Expression[], valueOf: (identifier: string) => Value): Value {
  const isMet = condition !== undefined && isTrue(evaluateExpression(condition, valueOf));
  const chosen = isMet ? then : otherwise;
  return chosen === undefined ? 0 : evaluateExpression(chosen, valueOf);
}

const functions: Record<Exclude<ExpressionFunction, 'if'>, (...values: number[]) => number> = {
  min: Math.min,
  max: Math.max,
  abs: Math.abs,
  floor: Math.floor,
  ceil: Math.ceil,
  round: (value = 0) => {
    const whole = Math.trunc(value);
    return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
  },
  clamp: (value = 0, low = 0, high = 0) => Math.min(high, Math.max(low, value)),
};

function finite(value: Value): Value {
  return typeof value === 'boolean' || Number.isFinite(value) ? value : 0;
}

const isTrue = (value: Value): boolean => value !== false && value !== 0;
