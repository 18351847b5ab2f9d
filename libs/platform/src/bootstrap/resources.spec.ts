import { Logger } from '../logging/index.js';
import { Resources } from './resources.js';
import { within } from '../waiting/index.js';

describe('Resources', () => {
  it('closes in the reverse order of opening, once, past one that does not close', async () => {
    const sut = new Resources(Logger.silent());
    const closed: string[] = [];
    sut.add('pool', () => Promise.resolve(closed.push('pool')));
    sut.add('Redis', () => Promise.reject(new Error('gone')));
    sut.add('NATS', () => Promise.resolve(closed.push('NATS')));
    await Promise.all([sut.close(), sut.close()]);
    expect(closed).toEqual(['NATS', 'pool']);
  });
});

describe('within', () => {
  it('hands the result on', async () => {
    await expect(within(1_000, 'adding', Promise.resolve(2))).resolves.toBe(2);
  });

  it('says what took too long', async () => {
    await expect(within(5, 'stopping economy', new Promise(() => undefined))).rejects.toThrow('stopping economy');
  });
});
