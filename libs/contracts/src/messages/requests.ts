import type { Context } from '../common/index.js';

declare const body: unique symbol;

/** A command or query of one context: subject `kraty.<context>.<verb>`, queue group = the context. */
export interface RequestRoute<Q, R> {
  readonly context: Context;
  readonly verb: string;
  readonly subject: string;
  /** Carries the types only; never set. */
  readonly [body]?: { request: Q; reply: R };
}

/** Declares a request; `verb` is lower case with dashes. */
export function request<Q, R>(context: Context, verb: string): RequestRoute<Q, R> {
  return { context, verb, subject: `kraty.${context}.${verb}` };
}
