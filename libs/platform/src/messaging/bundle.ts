import { headers as newHeaders, type Msg, type MsgHdrs } from '@nats-io/transport-node';
import { messageHeaders } from '@kraty/contracts/messages';
import type { Answer, OwnReply } from './wire.js';

/** More than this leave as several messages, so that the instances of a context still share what one caller asks at once. */
const entriesMax = 32;
/** Characters. A longer text travels alone: nobody gains by its being copied together with others. */
const entryCharactersMax = 16 * 1_024;
/** Characters of all texts; as UTF-8 at most 768 KiB, below the 1 MiB which a broker takes unless it is told otherwise. */
const bundleCharactersMax = 256 * 1_024;

/** How a message whose payload is a bundle is marked: the form the payload has. */
const form = '1';
/** The end of the inbox of those who can read bundles. */
const inboxEnd = '.bundles.';
const lineEnd = '\n';
const lineEndByte = 10;
const decoder = new TextDecoder();

/** Length in characters (UTF-16 units): the payload is decoded as one string, of which each text is a slice. */
type QuestionHead = [token: string, headers: Record<string, string>, characters: number];
/** Length in bytes: the bytes of an answer may be passed on as they are. */
type ReplyHead = [token: string, bytes: number, status: number, replayed: boolean, isFailure: boolean];

export interface BundledQuestion {
  token: string;
  headers: Record<string, string>;
  text: string;
}

/** Parts what leaves for one place, in its order, into what travels together. */
export function bundlesOf<T extends { readonly text: string }>(all: T[]): T[][] {
  if (all.length === 1) return [all];
  const bundles: T[][] = [];
  let characters = 0;
  for (const one of all) {
    const last = bundles.at(-1);
    const length = one.text.length;
    const isFull = last === undefined || last.length === entriesMax || characters + length > bundleCharactersMax;
    if (isFull || isLarge(one) || isLarge(last[0]!)) {
      bundles.push([one]);
      characters = length;
    } else {
      last.push(one);
      characters += length;
    }
  }
  return bundles;
}

const isLarge = ({ text }: { readonly text: string }): boolean => text.length > entryCharactersMax;

/** The name under which an asker who can read bundles has answers sent to it. */
export const bundlesInbox = (inbox: string): string => inbox + inboxEnd;
export const takesBundles = (inbox: string): boolean => inbox.endsWith(inboxEnd);

export function bundleHeaders(): MsgHdrs {
  const headers = newHeaders();
  headers.append(messageHeaders.bundle, form);
  return headers;
}

export const isBundle = (message: Msg): boolean => message.headers?.get(messageHeaders.bundle) === form;

/** A line of JSON that tells each question from the next, then their texts, which stay unread until each is served. */
export function writeQuestions(questions: readonly BundledQuestion[]): string {
  const heads = questions.map(({ token, headers, text }): QuestionHead => [token, headers, text.length]);
  return JSON.stringify(heads) + lineEnd + joined(questions);
}

export function readQuestions(payload: Uint8Array): BundledQuestion[] {
  const text = decoder.decode(payload);
  let end = text.indexOf(lineEnd);
  const heads = JSON.parse(text.slice(0, end)) as QuestionHead[];
  end += lineEnd.length;
  return heads.map(([token, headers, characters]) => ({ token, headers, text: text.slice(end, (end += characters)) }));
}

/** As for questions: a line of JSON, then the bodies. */
export function writeReplies(replies: readonly OwnReply[]): string {
  const heads = replies.map(({ token, text, status, replayed, isFailure }): ReplyHead => [
    token,
    Buffer.byteLength(text),
    status,
    replayed,
    isFailure,
  ]);
  return JSON.stringify(heads) + lineEnd + joined(replies);
}

/** The bytes of each answer are a part of the payload, not a copy. */
export function readReplies(payload: Uint8Array): [token: string, answer: Answer][] {
  let end = payload.indexOf(lineEndByte);
  const heads = JSON.parse(decoder.decode(payload.subarray(0, end))) as ReplyHead[];
  end += lineEnd.length;
  return heads.map(([token, length, status, replayed, isFailure]) => {
    const bytes = payload.subarray(end, (end += length));
    return [token, { status, replayed, isFailure, bytes }];
  });
}

function joined(all: readonly { readonly text: string }[]): string {
  let texts = '';
  for (const { text } of all) texts += text;
  return texts;
}
