import type { Role } from './crew.mjs';
import { Crew } from './crew.mjs';

describe('the crew', () => {
  let order: string[];
  let sut: Crew;
  const member = (name: string, stop = async () => void order.push(name)) => ({
    name,
    stop,
    kill: async () => void order.push(`${name} killed`),
  });

  beforeEach(() => {
    order = [];
    sut = new Crew();
  });

  it('leaves in order: who asks before who is asked', async () => {
    for (const role of ['directory', 'server', 'service', 'door'] as Role[]) sut.add(role, member(role));
    await sut.stop(() => undefined);
    expect(order).toEqual(['door', 'service', 'server', 'directory']);
  });

  it('goes on when one does not stop, and says which', async () => {
    const told: string[] = [];
    sut.add(
      'service',
      member('economy', async () => Promise.reject(new Error('stuck'))),
    );
    sut.add('server', member('NATS'));
    await sut.stop((text: string) => told.push(text));
    expect(told).toEqual(['economy did not stop: stuck']);
    expect(order).toEqual(['NATS']);
  });

  it('lets nobody in who comes while all are leaving', async () => {
    await sut.stop(() => undefined);
    expect(() => sut.add('service', member('economy'))).toThrow('economy is not started: everything is being stopped.');
  });
});
