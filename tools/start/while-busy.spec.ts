import { whileBusy } from './while-busy.mjs';

/** Answers with these, one after the other. */
function answering(...statuses: number[]) {
  const left = [...statuses];
  return () => Promise.resolve({ status: left.shift()! });
}

describe('a request to services that have just started', () => {
  const soon = { againAfterMs: 0 };

  it('is repeated while they are busy', async () => {
    expect(await whileBusy(answering(503, 503, 200), soon)).toEqual({ status: 200 });
  });

  it.each([200, 401, 404, 500])('ends with any other answer (%i)', async (status) => {
    expect(await whileBusy(answering(status, 503), soon)).toEqual({ status });
  });

  it('ends when they stay busy', async () => {
    expect(await whileBusy(answering(503, 503, 200), { ...soon, triesMax: 2 })).toEqual({ status: 503 });
  });
});
