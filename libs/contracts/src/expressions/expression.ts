/** Bounds of an expression (10 §7). Parentheses, calls, `-` and `!` are one level each; a chain of operators is none. */
export const expressionLimits = { charactersMax: 512, nodesMax: 128, depthMax: 16 } as const;

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '<' | '<=' | '>' | '>=' | '==' | '!=' | '&&' | '||';

/** A parsed expression: plain data, walked by `evaluateExpression`. */
export type Expression =
  | { kind: 'literal'; value: number | boolean }
  | { kind: 'identifier'; name: string }
  | { kind: 'not' | 'minus'; operand: Expression }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }
  | { kind: 'call'; name: ExpressionFunction; operands: Expression[] };

export type ExpressionFunction = 'min' | 'max' | 'abs' | 'floor' | 'ceil' | 'round' | 'clamp' | 'if';

/** How many operands a function takes. */
export const expressionFunctions: ReadonlyMap<string, { name: ExpressionFunction; least: number; most: number }> =
  new Map(
    [
      { name: 'min' as const, least: 1, most: 8 },
      { name: 'max' as const, least: 1, most: 8 },
      { name: 'abs' as const, least: 1, most: 1 },
      { name: 'floor' as const, least: 1, most: 1 },
      { name: 'ceil' as const, least: 1, most: 1 },
      { name: 'round' as const, least: 1, most: 1 },
      { name: 'clamp' as const, least: 3, most: 3 },
      { name: 'if' as const, least: 3, most: 3 },
    ].map((declared) => [declared.name, declared]),
  );

/** What keeps a text from being an expression; `position` counts characters from 0. */
export interface ExpressionProblem {
  position: number;
  message: string;
}
