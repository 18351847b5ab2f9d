import { isRecorded, isReplay } from './repeating.mjs';

const answer = (status: number, data: object, replayed = false) => ({
  status,
  data,
  text: JSON.stringify({ data }),
  error: undefined,
  replayed,
});
const refusal = (code: string, replayed = false) => ({
  ...answer(409, {}, replayed),
  error: { code, message: 'no' },
});

describe('a replay', () => {
  it('is the recorded answer to the letter, and says so', () => {
    expect(isReplay('recorded', answer(200, { a: 1 }), answer(200, { a: 1 }, true))).toBe(true);
    expect(isReplay('recorded', answer(200, { a: 1 }), answer(200, { a: 1 }))).toBe(false);
    expect(isReplay('recorded', answer(200, { a: 1 }), answer(200, { a: 2 }, true))).toBe(false);
    expect(isReplay('recorded', answer(201, { a: 1 }), answer(200, { a: 1 }, true))).toBe(false);
  });

  it('of a ledger operation tells besides that it was applied before', () => {
    const first = answer(200, { balance: 3, applied: true });
    expect(isReplay('ledger', first, answer(200, { balance: 3, applied: false }, true))).toBe(true);
    expect(isReplay('ledger', first, answer(200, { balance: 3, applied: true }, true))).toBe(false);
    expect(isReplay('ledger', first, answer(200, { balance: 2, applied: false }, true))).toBe(false);
  });

  it('is no replay of a refusal, which is made anew', () => {
    expect(isReplay('recorded', refusal('conflict'), refusal('conflict'))).toBe(true);
    expect(isReplay('recorded', refusal('conflict'), refusal('conflict', true))).toBe(false);
    expect(isReplay('recorded', refusal('conflict'), refusal('not_found'))).toBe(false);
    expect([200, 201, 202, 409, 500].map((status) => isRecorded(answer(status, {})))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('of what is naturally repeatable is known by its data alone', () => {
    expect(isReplay('natural', answer(200, { a: 1 }), answer(200, { a: 1 }))).toBe(true);
  });
});
