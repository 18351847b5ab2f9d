import type { ApplyOperation } from '@kraty/contracts/economy';
import { chunkCharactersMax, chunksOf } from './deposit-chunks.js';

function operation(id: number, parameters?: string): ApplyOperation {
  const metadata = parameters && { metadata: { text: parameters } };
  return {
    scope: { studioId: 's', gameId: 'g', environment: 'live' },
    ...{ playerId: 'p', externalPlayerId: 'mira', operationId: `grant:${id}`, reason: 'grant_deposit' },
    deltas: Array.from({ length: 50 }, () => ({ type: 'item' as const, key: 'bow', delta: 1, ...metadata })),
    ...{ sourceRefId: null, origin: 'client' as const, actor: 'player' },
  };
}

describe('chunksOf', () => {
  it('sends ordinary deposits in few messages, all of them and in their order', () => {
    const operations = Array.from({ length: 200 }, (_, id) => operation(id));
    const chunks = chunksOf(operations);
    expect(chunks.length).toBeLessThan(5);
    expect(chunks.flat()).toEqual(operations);
    for (const chunk of chunks) expect(JSON.stringify(chunk).length).toBeLessThan(chunkCharactersMax);
  });

  it('keeps every message small, however long the parameters are', () => {
    const operations = Array.from({ length: 50 }, (_, id) => operation(id, 'x'.repeat(4_000)));
    const chunks = chunksOf(operations);
    expect(chunks.flat()).toEqual(operations);
    for (const chunk of chunks) expect(JSON.stringify(chunk).length).toBeLessThan(chunkCharactersMax * 1.1);
    expect(chunksOf([operation(1, 'x'.repeat(20_000))])).toHaveLength(1);
    expect(chunksOf([])).toEqual([]);
  });
});
