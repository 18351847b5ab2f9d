import { adminLimits } from '@kraty/contracts/admin';
import type { FastifyReply } from '../http/request-context.js';
import { sendPage } from '../http/replies.js';
import { invalid, listLimit, single, type Query } from '../validation/queries.js';

/**
 * One page of a list that its owner hands over whole, in the owner's order (04 §1). The cursor names the last row seen.
 *
 * @throws validation_failed for a limit out of range, or a cursor of no row
 */
export function sendPageOf<T extends { id: string }>(
  reply: FastifyReply,
  rows: readonly T[],
  query: Query,
): FastifyReply {
  const limit = listLimit(query);
  const cursor = cursorOf(query);
  const from = cursor === null ? 0 : rows.findIndex(({ id }) => cursorAfter(id) === cursor) + 1;
  if (cursor !== null && from === 0) throw invalid('cursor', 'format', 'is no cursor of this list');
  const page = rows.slice(from, from + limit);
  return sendPage(reply, page, from + limit < rows.length ? cursorAfter(page.at(-1)!.id) : null);
}

/** Answers with a list that is always whole. */
export function sendWhole(reply: FastifyReply, rows: readonly unknown[]): FastifyReply {
  return sendPage(reply, rows, null);
}

/** The cursor of a query, or null for the first page. */
export function cursorOf(query: Query): string | null {
  const cursor = single(query, 'cursor');
  if (cursor === undefined || cursor === '') return null;
  if (cursor.length > adminLimits.cursorCharactersMax) throw invalid('cursor', 'format', 'is no cursor of this list');
  return cursor;
}

/**
 * The key after which a page of a list by key begins; null for the first page.
 *
 * @throws validation_failed for a cursor that no such list has given
 */
export function keyOfCursor(query: Query): string | null {
  const cursor = cursorOf(query);
  if (cursor === null) return null;
  const key = Buffer.from(cursor, 'base64url').toString();
  if (cursorAfter(key) !== cursor) throw invalid('cursor', 'format', 'is no cursor of this list');
  return key;
}

/** Answers with one page of a list by key, from its owner; `nextKey` null = it is the last. */
export function sendPageByKey(reply: FastifyReply, rows: readonly unknown[], nextKey: string | null): FastifyReply {
  return sendPage(reply, rows, nextKey === null ? null : cursorAfter(nextKey));
}

function cursorAfter(id: string): string {
  return Buffer.from(id).toString('base64url');
}
