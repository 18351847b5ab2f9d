import type { ApplyOperation } from '@kraty/contracts/economy';

/** One message to the economy: well below what the bus carries, whatever parameters the items have. */
export const chunkCharactersMax = 512 * 1024;

/** Operations in messages that stay within the bound, in their order; one that is larger goes alone. */
export function chunksOf(operations: readonly ApplyOperation[]): ApplyOperation[][] {
  const chunks: ApplyOperation[][] = [];
  let room = 0;
  for (const operation of operations) {
    const characters = charactersOf(operation);
    if (characters > room) {
      chunks.push([]);
      room = chunkCharactersMax;
    }
    chunks.at(-1)!.push(operation);
    room -= characters;
  }
  return chunks;
}

const charactersOfOperation = 600;
const charactersOfDelta = 150;

/** Only what a caller can make long is looked at. */
function charactersOf({ deltas }: ApplyOperation): number {
  return deltas.reduce(
    (sum, { metadata }) => sum + charactersOfDelta + (metadata ? JSON.stringify(metadata).length : 0),
    charactersOfOperation,
  );
}
