import { eventually } from './index.js';

describe('eventually', () => {
  it('answers what the assertion answers once it holds', async () => {
    let calls = 0;

    const answer = await eventually(() => {
      calls += 1;
      expect(calls).toBe(3);
      return calls;
    });

    expect(answer).toBe(3);
  });

  it('gives up after its bound and says what was still wrong', async () => {
    const hopeless = eventually(() => expect('draft').toBe('published'), { withinMs: 50, everyMs: 10 });

    await expect(hopeless).rejects.toThrow(/still failing after 50 ms: [^]*"published"/);
  });
});
