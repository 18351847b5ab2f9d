import type { ExpressionProblem } from './expression.js';

export interface Token {
  kind: 'number' | 'word' | 'symbol' | 'end';
  text: string;
  position: number;
}

const blank = /[ \t\r\n]+/y;
const patterns = [
  ['number', /[0-9]+(?:\.[0-9]+)?/y],
  ['word', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['symbol', /\|\||&&|[<>=!]=|[<>!+\-*/%().,]/y],
] as const;

/** Splits a text into tokens, the last of them `end`; or says where it holds what no expression holds. */
export function tokensOf(text: string): Token[] | ExpressionProblem {
  const tokens: Token[] = [];
  let position = afterBlank(text, 0);
  while (position < text.length) {
    const token = tokenAt(text, position);
    if (token === null) return { position, message: `unexpected character ${shown(text, position)}` };
    tokens.push(token);
    position = afterBlank(text, position + token.text.length);
  }
  return [...tokens, { kind: 'end', text: '', position: text.length }];
}

function tokenAt(text: string, position: number): Token | null {
  for (const [kind, pattern] of patterns) {
    const found = matchAt(pattern, text, position);
    if (found !== null) return { kind, text: found, position };
  }
  return null;
}

function afterBlank(text: string, position: number): number {
  return position + (matchAt(blank, text, position)?.length ?? 0);
}

function matchAt(pattern: RegExp, text: string, position: number): string | null {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0] ?? null;
}

/** Names what cannot be printed by its code point. */
function shown(text: string, position: number): string {
  const codePoint = text.codePointAt(position) ?? 0;
  const isPlain = codePoint > 0x20 && codePoint < 0x7f;
  return isPlain
    ? `"${String.fromCodePoint(codePoint)}"`
    : `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}
