import { fact, type FactEnvelope } from '@kraty/contracts/messages';
import { envelopesOf, filterOf, partitionOf, type NewFact } from './envelopes.js';

const moved = fact<{ by: number }>('economy', 'wallet', 'moved', 'change');
const scored = fact<{ text: string }>('economy', 'wallet', 'scored', 'state', { partitions: 8 });
const foreign = fact<null>('grants', 'grant', 'created', 'state');
const scope = { studioId: 's', gameId: 'g' };

const stamp = () => {
  let made = 0;
  return { newId: () => `id-${(made += 1)}`, occurredAt: '2026-06-08T12:00:00.000Z' };
};

const move = (aggregateId: string): NewFact => ({ type: moved, scope, aggregateId, revision: 1, payload: { by: 3 } });
const score = (aggregateId: string, partitionKey?: string, text = ''): NewFact => ({
  type: scored,
  scope,
  aggregateId,
  revision: 1,
  payload: { text },
  partitionKey,
});

const factsIn = ({ payload }: { payload: string }): FactEnvelope['facts'] =>
  (JSON.parse(payload) as FactEnvelope).facts;

describe('envelopesOf', () => {
  it('makes one envelope of the facts of one subject, in their order', () => {
    const [envelope, ...others] = envelopesOf('economy', [move('a'), move('b')], stamp());
    expect(others).toEqual([]);
    expect(envelope).toMatchObject({ id: 'id-3', subject: 'kraty.fact.economy.wallet.moved' });
    expect(factsIn(envelope!)).toEqual([
      expect.objectContaining({
        id: 'id-1',
        aggregateId: 'a',
        type: moved.subject,
        occurredAt: '2026-06-08T12:00:00.000Z',
      }),
      expect.objectContaining({ id: 'id-2', aggregateId: 'b', payload: { by: 3 } }),
    ]);
  });

  it('keeps facts of one partition key together and puts the partition behind the subject', () => {
    const envelopes = envelopesOf('economy', [score('a', 'board'), score('b', 'board'), move('c')], stamp());
    expect(envelopes.map(({ subject }) => subject)).toEqual([
      `${scored.subject}.${partitionOf('board', 8)}`,
      moved.subject,
    ]);
    expect(factsIn(envelopes[0]!)).toHaveLength(2);
  });

  it('chooses the partition by the aggregate unless told', () => {
    const [envelope] = envelopesOf('economy', [score('a')], stamp());
    expect(envelope!.subject).toBe(`${scored.subject}.${partitionOf('a', 8)}`);
  });

  it('cuts what would be too many or too large', () => {
    const many = envelopesOf(
      'economy',
      Array.from({ length: 450 }, () => move('a')),
      stamp(),
    );
    expect(many.map((envelope) => factsIn(envelope).length)).toEqual([200, 200, 50]);
    const large = envelopesOf(
      'economy',
      [1, 2, 3].map(() => score('a', 'p', 'x'.repeat(200_000))),
      stamp(),
    );
    expect(large.map((envelope) => factsIn(envelope).length)).toEqual([1, 1, 1]);
  });

  it('refuses a fact that no broker would take, and one of another context', () => {
    expect(() => envelopesOf('economy', [score('a', 'p', 'ü'.repeat(500_000))], stamp())).toThrow(/larger than/);
    expect(() =>
      envelopesOf('economy', [{ type: foreign, scope, aggregateId: 'a', revision: 1, payload: null }], stamp()),
    ).toThrow(/does not own/);
  });

  it('filters all partitions at once', () => {
    expect([filterOf(moved), filterOf(scored)]).toEqual([moved.subject, `${scored.subject}.*`]);
  });

  it('spreads keys evenly over partitions', () => {
    const counts = Array.from({ length: 8 }, () => 0);
    for (let n = 0; n < 8_000; n += 1) counts[partitionOf(`board-${n}`, 8)]! += 1;
    expect(Math.min(...counts)).toBeGreaterThan(800);
  });
});
