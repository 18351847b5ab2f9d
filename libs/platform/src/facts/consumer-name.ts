import type { Context } from '@kraty/contracts/common';
import { contexts } from '@kraty/contracts/common';
import type { FactType } from '@kraty/contracts/messages';

const separator = '--';

/** `<context>--<producer>-<aggregate>-<happened>`, and `--<own>` behind it for a consumer with a pace of its own. */
export function durableName(consumer: Context, type: FactType<unknown>, own?: string): string {
  const main = `${consumer}${separator}${type.context}-${type.aggregate}-${type.happened}`;
  return own === undefined ? main : `${main}${separator}${own}`;
}

/** The context that reads with this durable and tells publishers so; null for any other name. */
export function readerOf(durable: string): { context: Context; reads: string } | null {
  const [context, reads, own] = durable.split(separator);
  if (own !== undefined || reads === undefined) return null;
  const known = contexts.find((name) => name === context);
  return known === undefined ? null : { context: known, reads };
}

/** The middle part of a durable's name, from a subject with or without its partition. */
export function readsOf(subject: string): string {
  return subject.split('.').slice(2, 5).join('-');
}
