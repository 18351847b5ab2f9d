import {
  expressionFunctions,
  expressionLimits,
  type BinaryOperator,
  type Expression,
  type ExpressionProblem,
} from './expression.js';
import { tokensOf, type Token } from './tokens.js';

export type ParsedExpression = { ok: true; expression: Expression } | { ok: false; problems: ExpressionProblem[] };

/**
 * Parses a text of the expression language (10 §7). Never throws; names that are not known are all reported, of
 * mistakes in the grammar the first one.
 *
 * @param isKnown whether an identifier, `a` or `a.b`, may be used
 */
export function parseExpression(text: string, isKnown: (identifier: string) => boolean): ParsedExpression {
  if (text.length > expressionLimits.charactersMax) {
    const message = `must have at most ${expressionLimits.charactersMax} characters`;
    return { ok: false, problems: [{ position: expressionLimits.charactersMax, message }] };
  }
  const tokens = tokensOf(text);
  if (!Array.isArray(tokens)) return { ok: false, problems: [tokens] };
  return new Parser(tokens, isKnown).parse();
}

/** The grammar was left at this place; caught where parsing began. */
class Unparsable extends Error {
  constructor(readonly problem: ExpressionProblem) {
    super(problem.message);
  }
}

const disjunction = new Map<string, BinaryOperator>([
  ['||', '||'],
  ['or', '||'],
]);
const conjunction = new Map<string, BinaryOperator>([
  ['&&', '&&'],
  ['and', '&&'],
]);
const negations: ReadonlySet<string> = new Set(['!', 'not']);
const comparisons = operators('<', '<=', '>', '>=', '==', '!=');
const additions = operators('+', '-');
const multiplications = operators('*', '/', '%');
const reserved: ReadonlySet<string> = new Set(['and', 'or', 'not']);

function operators(...symbols: BinaryOperator[]): ReadonlyMap<string, BinaryOperator> {
  return new Map(symbols.map((symbol) => [symbol, symbol]));
}

/** Recursive descent, one method a rule of the grammar. */
class Parser {
  private at = 0;
  private nodes = 0;
  private depth = 0;
  private readonly problems: ExpressionProblem[] = [];

  constructor(
    private readonly tokens: readonly Token[],
    private readonly isKnown: (identifier: string) => boolean,
  ) {}

  parse(): ParsedExpression {
    try {
      const expression = this.or();
      if (this.next.kind !== 'end') throw this.unexpected();
      return this.problems.length === 0 ? { ok: true, expression } : { ok: false, problems: this.problems };
    } catch (error) {
      if (!(error instanceof Unparsable)) throw error;
      return { ok: false, problems: [...this.problems, error.problem] };
    }
  }

  private or(): Expression {
    return this.chain(disjunction, () => this.and());
  }

  private and(): Expression {
    return this.chain(conjunction, () => this.not());
  }

  private not(): Expression {
    const token = this.next;
    if (!negations.has(token.text)) return this.comparison();
    this.at += 1;
    return this.node(token, { kind: 'not', operand: this.nested(token, () => this.not()) });
  }

  private comparison(): Expression {
    const left = this.sum();
    const token = this.next;
    const operator = comparisons.get(token.text);
    if (operator === undefined) return left;
    this.at += 1;
    const compared = this.node(token, { kind: 'binary', operator, left, right: this.sum() });
    if (comparisons.has(this.next.text)) throw this.stop(this.next, 'comparisons cannot be chained');
    return compared;
  }

  private sum(): Expression {
    return this.chain(additions, () => this.product());
  }

  private product(): Expression {
    return this.chain(multiplications, () => this.unary());
  }

  private unary(): Expression {
    const token = this.next;
    if (token.text !== '-') return this.primary();
    this.at += 1;
    return this.node(token, { kind: 'minus', operand: this.nested(token, () => this.unary()) });
  }

  private primary(): Expression {
    const token = this.next;
    if (token.text === '(') return this.parenthesized();
    if (token.kind === 'number') return this.literal(Number(token.text));
    if (token.kind !== 'word' || reserved.has(token.text)) throw this.unexpected();
    const following = this.tokens[this.at + 1]?.text;
    if (following === '(') return this.call();
    if (following !== '.' && token.text === 'true') return this.literal(true);
    if (following !== '.' && token.text === 'false') return this.literal(false);
    return this.identifier();
  }

  private parenthesized(): Expression {
    const opening = this.take('(');
    const inner = this.nested(opening, () => this.or());
    this.take(')');
    return inner;
  }

  private literal(value: number | boolean): Expression {
    const token = this.next;
    this.at += 1;
    return this.node(token, { kind: 'literal', value });
  }

  private identifier(): Expression {
    const first = this.next;
    this.at += 1;
    let name = first.text;
    if (this.next.text === '.') {
      this.at += 1;
      const member = this.next;
      if (member.kind !== 'word') throw this.unexpected();
      this.at += 1;
      name = `${name}.${member.text}`;
    }
    if (!this.isKnown(name)) this.problems.push({ position: first.position, message: `unknown identifier "${name}"` });
    return this.node(first, { kind: 'identifier', name });
  }

  private call(): Expression {
    const named = this.next;
    this.at += 1;
    const operands = this.operands();
    const declared = expressionFunctions.get(named.text);
    if (declared === undefined) {
      this.problems.push({ position: named.position, message: `unknown function "${named.text}"` });
      return this.node(named, { kind: 'literal', value: 0 });
    }
    const { name, least, most } = declared;
    if (operands.length < least || operands.length > most) {
      const wanted = least === most ? `${least}` : `${least} to ${most}`;
      const message = `${name} takes ${wanted} values, not ${operands.length}`;
      this.problems.push({ position: named.position, message });
    }
    return this.node(named, { kind: 'call', name, operands });
  }

  private operands(): Expression[] {
    const opening = this.take('(');
    const operands = [this.nested(opening, () => this.or())];
    while (this.next.text === ',') {
      this.at += 1;
      operands.push(this.nested(opening, () => this.or()));
    }
    this.take(')');
    return operands;
  }

  /** Operators of one precedence, from left to right. */
  private chain(known: ReadonlyMap<string, BinaryOperator>, operand: () => Expression): Expression {
    let left = operand();
    for (;;) {
      const token = this.next;
      const operator = known.get(token.text);
      if (operator === undefined) return left;
      this.at += 1;
      left = this.node(token, { kind: 'binary', operator, left, right: operand() });
    }
  }

  private nested(token: Token, parse: () => Expression): Expression {
    this.depth += 1;
    if (this.depth > expressionLimits.depthMax) {
      throw this.stop(token, `nested deeper than ${expressionLimits.depthMax} levels`);
    }
    const inner = parse();
    this.depth -= 1;
    return inner;
  }

  private node(token: Token, expression: Expression): Expression {
    this.nodes += 1;
    if (this.nodes > expressionLimits.nodesMax) {
      throw this.stop(token, `more than ${expressionLimits.nodesMax} values and operations`);
    }
    return expression;
  }

  private get next(): Token {
    return this.tokens[this.at] as Token;
  }

  private take(symbol: string): Token {
    const token = this.next;
    if (token.text !== symbol) throw this.unexpected(symbol);
    this.at += 1;
    return token;
  }

  private unexpected(wanted?: string): Unparsable {
    const token = this.next;
    const found = token.kind === 'end' ? 'unexpected end' : `unexpected "${token.text}"`;
    return this.stop(token, wanted === undefined ? found : `${found}, expected "${wanted}"`);
  }

  private stop({ position }: Token, message: string): Unparsable {
    return new Unparsable({ position, message });
  }
}
