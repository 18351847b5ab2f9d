import type { FastifyReply } from '../http/request-context.js';

/** Headers set by the hooks, which a hijacked reply does not send by itself. */
export function replyHeaders(reply: FastifyReply): Record<string, string> {
  const headers = Object.entries(reply.getHeaders()).filter(([, value]) => value !== undefined);
  return Object.fromEntries(headers.map(([name, value]) => [name, String(value)]));
}
