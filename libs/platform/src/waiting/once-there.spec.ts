import { onceThere } from './index.js';

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** Fails as told, then answers how often it was called. */
function failing(...errors: Error[]) {
  let calls = 0;
  return () => {
    calls += 1;
    const error = errors[calls - 1];
    return error ? Promise.reject(error) : Promise.resolve(calls);
  };
}

describe('work that needs something to be there', () => {
  it('is repeated while that is away, and tells of it once', async () => {
    const told: unknown[] = [];
    expect(await onceThere(failing(refused, refused), { onAway: (error) => told.push(error) })).toBe(3);
    expect(told).toEqual([refused]);
  });

  it('fails at once for every other reason', async () => {
    const broken = new Error('relation "member" does not exist');
    await expect(onceThere(failing(refused, broken))).rejects.toBe(broken);
  });

  it('fails when that stays away', async () => {
    await expect(onceThere(failing(refused), { withinMs: 0 })).rejects.toBe(refused);
  });
});
