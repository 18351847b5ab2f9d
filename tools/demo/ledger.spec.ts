import { compareOperations, compareSums } from './ledger.mjs';
import { Memory } from './memory.mjs';

const row = (operationId: string, key: string, delta: number, idempotencyKey: string | null = null) => ({
  type: 'economy' as const,
  key,
  delta,
  operationId,
  idempotencyKey,
});

const rows = [row('initial:p:shells', 'shells', 50), row('grant:g1', 'shells', 20), row('op', 'shells', -5, 'k-1')];

function memory(): Memory {
  const told = new Memory();
  told.claimed.set('g1', {
    id: 'g1',
    kind: 'reward',
    status: 'claimed',
    sourceKind: 'event_completion',
    sourceRefId: 'a',
    createdAt: '',
    claimedAt: '',
    contents: { entries: [{ type: 'currency', currencyKey: 'shells', amount: 20 }] },
  });
  told.spent.push({ type: 'economy', key: 'shells', amount: 5, idempotencyKey: 'k-1' });
  return told;
}

describe('the ledger of a player', () => {
  it('holds every claim and every spend once, and adds up', () => {
    expect(compareOperations(rows, memory())).toEqual({ compared: 2, differences: [] });
    expect(compareSums(rows, new Map([['economy:shells', 65]])).differences).toEqual([]);
    expect(compareSums(rows, new Map([['economy:shells', 64]])).differences).toEqual([
      'shells must be 65 and reads 64',
    ]);
  });

  it('does not lose them', () => {
    expect(compareOperations(rows.slice(0, 1), memory()).differences).toEqual([
      'the deposit of the grant g1: shells must be 20 and reads 0',
      'the spend of 5 shells under k-1 is in the ledger 0 times',
    ]);
  });

  it('does not do them twice, and does nothing that nobody was told of', () => {
    const more = [
      ...rows,
      row('grant:g1', 'shells', 20),
      row('op-2', 'shells', -5, 'k-1'),
      row('grant:g2', 'shells', 1),
      row('op-3', 'shells', -1, 'k-9'),
    ];
    expect(compareOperations(more, memory()).differences).toEqual([
      'the deposit of the grant g1: shells must be 20 and reads 40',
      'a deposit of the grant g2, which was never claimed',
      'the spend of 5 shells under k-1 is in the ledger 2 times',
      'a spend of 1 shells under k-9, which nobody was told of',
      '2 rows of the operation grant:g1 of economy:shells',
    ]);
  });
});
