import type { FreshStart } from './fresh-starts.store.js';
import { inOrder } from './starts-together.service.js';

const start = (playerId: string, eventId: string, id: string) =>
  ({ attempt: { playerId, eventId, id } }) as unknown as FreshStart;

describe('the starts of a batch', () => {
  it('have one order, whoever came first', () => {
    const starts = [start('b', 'x', '1'), start('a', 'y', '2'), start('a', 'x', '3')];
    const ids = (of: FreshStart[]) => inOrder(of).map(({ attempt }) => attempt.id);
    expect(ids(starts)).toEqual(['3', '2', '1']);
    expect(ids([...starts].reverse())).toEqual(['3', '2', '1']);
  });

  it('are one for a player and an event, though two go on with the same charge', () => {
    const [first, twin] = [start('a', 'x', 'of the charge'), start('a', 'x', 'of the charge')];
    expect(inOrder([first, twin])).toEqual([first]);
    expect(inOrder([first, twin])[0]).toBe(first);
  });
});
