import { compareClaims, compareCompletions } from './grants.mjs';
import { Memory } from './memory.mjs';

const grant = (id: string, sourceRefId: string, status = 'claimed') => ({
  id,
  kind: 'reward',
  status,
  sourceKind: 'event_completion',
  sourceRefId,
  createdAt: '',
  claimedAt: null,
  contents: { entries: [] },
});

function memoryWith(...attempts: string[]): Memory {
  const memory = new Memory();
  const event = { eventKey: 'sprint', windowId: 'w', pays: true };
  for (const id of attempts) memory.sawAttempt({ id, status: 'completed' }, event);
  return memory;
}

describe('the grants of a player', () => {
  it('are one for each completed attempt, claimed or waiting', () => {
    const memory = memoryWith('a', 'b');
    memory.claimed.set('g1', grant('g1', 'a'));
    expect(compareCompletions(memory, [grant('g2', 'b', 'pending')])).toEqual({ compared: 2, differences: [] });
  });

  it('are neither missing, nor doubled, nor invented', () => {
    const memory = memoryWith('a', 'b');
    memory.claimed.set('g1', grant('g1', 'a'));
    const { compared, differences } = compareCompletions(memory, [grant('g2', 'a'), grant('g3', 'c')]);
    expect(compared).toBe(3);
    expect(differences).toEqual([
      'the completed attempt a at sprint has 2 grants',
      'the completed attempt b at sprint has 0 grants',
      'the grant g3 is for an attempt that nobody was told of: c',
    ]);
  });

  it('stay as they were claimed, and none of its own is left to one who claimed all', () => {
    const memory = memoryWith('a', 'b');
    const claimed = grant('g1', 'a');
    memory.claimed.set('g1', claimed);
    const again = new Map([['g1', claimed]]);
    const pending = [grant('g2', 'b', 'pending'), grant('g3', 'somebody else', 'pending')];
    expect(compareClaims(memory, { pending, again, isAtHome: false })).toEqual({ compared: 1, differences: [] });
    expect(compareClaims(memory, { pending, again, isAtHome: true }).differences).toEqual([
      'the grant g2 is left, although all were claimed',
    ]);
    const broken = { pending: [claimed], again: new Map(), isAtHome: false };
    expect(compareClaims(memory, broken).differences).toEqual([
      'the claimed grant g1 now reads undefined',
      'the claimed grant g1 is pending',
    ]);
  });
});
