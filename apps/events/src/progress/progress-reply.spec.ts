import type { Grant } from '@kraty/contracts/grants';
import { payoutKeysMissing, withGrants } from './progress-reply.js';

const attemptId = '0198f0c1-0000-7000-8000-000000000001';
const reply = (...milestonesFired: object[]) => ({
  attemptId,
  text: JSON.stringify({ attempt: { id: attemptId }, milestonesFired }),
});
const grants = [{ id: 'g1' }] as Grant[];

describe('a reply', () => {
  it('without milestones misses nothing', () => {
    expect(payoutKeysMissing(reply())).toEqual([]);
  });

  it('names the payouts it misses, also beside known ones and empty ones', () => {
    const fired = reply({ key: 'a' }, { key: 'b', grants }, { key: 'c', grants: [] }, { key: 'd' });
    expect(payoutKeysMissing(fired)).toEqual([`milestone:${attemptId}:a`, `milestone:${attemptId}:d`]);
  });

  it('gains what is known, keeps what it had, and leaves out the rest', () => {
    const fired = reply({ key: 'a' }, { key: 'b', grants: [] }, { key: 'c' });
    const filled = withGrants(fired, new Map([[`milestone:${attemptId}:a`, grants]]));
    expect(JSON.parse(filled)).toEqual({
      attempt: { id: attemptId },
      milestonesFired: [{ key: 'a', grants }, { key: 'b', grants: [] }, { key: 'c' }],
    });
  });
});
