import type { Msg } from '@nats-io/transport-node';
import { isBundle, readQuestions } from './bundle.js';

const decoder = new TextDecoder();

/** One request as it is served, whether it came alone or in a bundle. */
export interface TakenRequest {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON of the body. */
  readonly text: string;
  /** Whom to answer: the subject is the two put together. Both are empty when nobody waits. */
  readonly inbox: string;
  readonly token: string;
}

/** @throws when a bundle cannot be read. */
export function requestsOf(message: Msg): TakenRequest[] {
  const { subject, data } = message;
  const replyTo = message.reply ?? '';
  const tokenAt = replyTo.lastIndexOf('.') + 1;
  const inbox = replyTo.slice(0, tokenAt);
  if (isBundle(message)) return readQuestions(data).map((question) => ({ ...question, subject, inbox }));
  const text = decoder.decode(data);
  return [{ subject, headers: plainHeaders(message), text, inbox, token: replyTo.slice(tokenAt) }];
}

function plainHeaders({ headers }: Msg): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, values] of headers ?? []) plain[name] = values[0] ?? '';
  return plain;
}
