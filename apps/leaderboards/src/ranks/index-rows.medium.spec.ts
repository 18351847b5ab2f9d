import fc from 'fast-check';
import { uuidV7 } from '@kraty/platform/ids';
import type { EntryRow } from '../scores/scores.store.js';
import { RanksWorld, startMs, type Process } from './ranks.fixture.js';

const runs = 150;
const participants = Array.from({ length: 6 }, () => uuidV7());

/** One change of a row as it reaches the index: late, twice, or twice in one call. No score: the participant has left. */
interface Change {
  participant: number;
  revision: number;
  score: number | null;
}

const change = fc.record({
  participant: fc.nat({ max: participants.length - 1 }),
  revision: fc.integer({ min: 1, max: 12 }),
  score: fc.option(fc.integer({ min: -50, max: 50 }), { freq: 4 }),
});
const calls = fc.array(fc.array(change, { maxLength: 8 }), { minLength: 1, maxLength: 6 });

let world: RanksWorld;
let process: Process;

beforeAll(async () => {
  world = await RanksWorld.start();
  process = await world.newProcess();
});

afterAll(() => world.stop());

/** What one revision of a row says is the same whenever it comes. */
function stated(changes: readonly Change[], told: Map<string, Change>): Change[] {
  return changes.map((one) => {
    const name = `${one.participant} ${one.revision}`;
    if (!told.has(name)) told.set(name, one);
    return told.get(name)!;
  });
}

function rowOf(leaderboardId: string, { participant, revision, score }: Change): EntryRow {
  const participantId = participants[participant]!;
  const achievedAtMs = startMs + revision;
  return { leaderboardId, participantId, kind: 'player', score: score!, achievedAtMs, joinedOnly: false, revision };
}

async function tell(board: string, changes: readonly Change[]): Promise<void> {
  const rows = changes.filter(({ score }) => score !== null).map((one) => rowOf(board, one));
  const left = changes.filter(({ score }) => score === null);
  const gone = left.map(({ participant, revision }) => ({ participantId: participants[participant]!, revision }));
  await process.index.apply(board, rows, [], gone);
}

/** The last revision of each, in rank order. */
function expected(changes: readonly Change[]): { participantId: string; score: number }[] {
  const last = new Map<number, Change>();
  for (const one of changes)
    if ((last.get(one.participant)?.revision ?? 0) < one.revision) last.set(one.participant, one);
  const standing = [...last.values()].filter(({ score }) => score !== null);
  return standing
    .toSorted((one, other) => other.score! - one.score! || one.revision - other.revision || byId(one, other))
    .map(({ participant, score }) => ({ participantId: participants[participant]!, score: score! }));
}

function byId(one: Change, other: Change): number {
  return participants[one.participant]! > participants[other.participant]! ? -1 : 1;
}

describe('rows told to the index', () => {
  it('stand as their last revision says, in whatever order and calls they come, while it is built and afterwards', async () => {
    await fc.assert(
      fc.asyncProperty(calls, async (asked) => {
        const board = await world.newBoard();
        const told = new Map<string, Change>();
        const [late, ...others] = asked.map((changes) => stated(changes, told));
        await building(board, () => tell(board, late!));
        for (const changes of others) await tell(board, changes);
        const read = await process.index.read(board, null, participants.length);
        expect(read?.rows).toEqual(expected([...late!, ...others.flat()]));
      }),
      { numRuns: runs },
    );
  }, 240_000);

  it('are placed however many they are', async () => {
    const board = await world.newBoard();
    await building(board, () => Promise.resolve());
    const many = Array.from({ length: 1_203 }, (_, score) => ({
      ...rowOf(board, first),
      participantId: uuidV7(),
      score,
    }));
    await process.index.apply(board, many, []);
    await process.index.apply(
      board,
      many.map((row) => ({ ...row, revision: 2, score: -row.score })),
      [],
    );
    const read = await process.index.read(board, null, 2_000);
    expect(read?.rows.map(({ participantId }) => participantId)).toEqual(
      many.map(({ participantId }) => participantId),
    );
    expect(await process.index.size(board)).toBe(many.length);
  });
});

const first: Change = { participant: 0, revision: 1, score: 0 };

/** While the index is built, something is told. */
async function building(board: string, work: () => Promise<void>): Promise<void> {
  const start = await process.index.begin(board);
  if (typeof start === 'string') throw new Error(`the build was ${start}`);
  await work();
  expect(await process.index.adopt(board, start.build)).toBe(true);
}
