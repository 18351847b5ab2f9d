import { following } from './following.js';

describe('following', () => {
  it('goes on at once with what is here', () => {
    expect(following(20, (value) => value + 1)).toBe(21);
  });

  it('waits for what is on its way', async () => {
    const followed = following(Promise.resolve(20), (value) => value + 1);
    expect(followed).toBeInstanceOf(Promise);
    expect(await followed).toBe(21);
  });

  it('refuses as what it follows does, or as what follows does', async () => {
    const refuse = (): never => {
      throw new RangeError('refused');
    };
    expect(() => following(20, refuse)).toThrow(RangeError);
    await expect(following(Promise.resolve(20), refuse)).rejects.toThrow(RangeError);
    await expect(following(Promise.reject<number>(new RangeError('refused')), String)).rejects.toThrow(RangeError);
  });
});
