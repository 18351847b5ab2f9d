import { bundlesOf, readQuestions, readReplies, writeQuestions, writeReplies } from './bundle.js';
import type { OwnReply } from './wire.js';

const texts = (count: number, characters = 2) =>
  Array.from({ length: count }, () => ({ text: 'x'.repeat(characters) }));
const sizes = (all: { text: string }[]) => bundlesOf(all).map(({ length }) => length);
const encode = (text: string) => new TextEncoder().encode(text);
const strange = ['{"a":"ü€😀"}', '"\ud800"', '"line\\nline"', 'null', '{"b":"\n"}'];

describe('bundlesOf', () => {
  it('holds at most 32 in a bundle, in their order', () => {
    const all = texts(70);
    expect(sizes(all)).toEqual([32, 32, 6]);
    expect(bundlesOf(all).flat()).toEqual(all);
    expect(sizes(texts(1))).toEqual([1]);
  });

  it('lets a text of more than 16 Ki characters travel alone', () => {
    const [large] = texts(1, 16_385);
    expect(sizes([...texts(2), large!, ...texts(3)])).toEqual([2, 1, 3]);
    expect(sizes([large!, large!])).toEqual([1, 1]);
  });

  it('holds at most 256 Ki characters in a bundle', () => {
    expect(sizes(texts(20, 16_384))).toEqual([16, 4]);
  });
});

describe('a bundle of questions', () => {
  it('is read as it was written, whatever the texts are', () => {
    const questions = strange.map((text, index) => ({
      token: String(index),
      headers: { 'Kraty-Deadline': '5' },
      text,
    }));
    const read = readQuestions(encode(writeQuestions(questions)));
    expect(read.map(({ text }) => text)).toEqual(strange.map((text) => text.replace('\ud800', '\ufffd')));
    expect(read[4]).toMatchObject({ token: '4', headers: { 'Kraty-Deadline': '5' } });
  });

  it('is refused when it cannot be read', () => {
    expect(() => readQuestions(encode('no bundle'))).toThrow(SyntaxError);
  });
});

describe('a bundle of replies', () => {
  it('hands each its own bytes, whatever the texts are', () => {
    const marks = { status: 201, replayed: true, isFailure: false };
    const replies = strange.map((text, index): OwnReply => ({ token: String(index), text, ...marks }));
    const read = readReplies(encode(writeReplies(replies)));
    const found = read.map(([, { bytes }]) => new TextDecoder().decode(bytes));
    expect(found).toEqual(strange.map((text) => text.replace('\ud800', '\ufffd')));
    expect(read[3]).toMatchObject(['3', marks]);
  });

  it('copies no bytes', () => {
    const payload = encode(writeReplies([{ token: '0', text: '{}', status: 200, replayed: false, isFailure: true }]));
    const [[, answer] = []] = readReplies(payload);
    expect(answer).toMatchObject({ isFailure: true });
    expect(answer?.bytes.buffer).toBe(payload.buffer);
  });
});
