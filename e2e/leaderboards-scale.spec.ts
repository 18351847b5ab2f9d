import { Controller, Module } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import type { Scope } from '@kraty/contracts/common';
import {
  attemptScored,
  describeEventBoard,
  type AttemptScored,
  type EventBoardDescription,
  type ScoreAggregation,
} from '@kraty/contracts/events';
import { readEventBoard, type BoardEntry } from '@kraty/contracts/leaderboards';
import { defineService, startService, type RunningService } from '@kraty/platform/bootstrap';
import { ProcessConfiguration } from '@kraty/platform/configuration';
import { uuidV7 } from '@kraty/platform/ids';
import { HandleRequest, type Messenger } from '@kraty/platform/messaging';
import { eventually, startGround, type Ground } from '@kraty/testing/harness';
import { SplitSystem } from '@kraty/testing/world';

/**
 * The leaderboards service alone grows from one process to three and shrinks again by kill -9 while scores pour in. At
 * the end every board holds what was told, once, in the right order.
 */
const players = 60;
const rounds = 120;
const factsARound = 60;
const roundPauseMs = 25;
/** Facts that a killed process had in hand come again after the broker's 30 s, and may be handed back once more. */
const redeliveredWithinMs = 100_000;

const scope: Scope = { studioId: uuidV7(), gameId: uuidV7(), environment: 'live' };
const startMs = Date.UTC(2026, 10, 1, 12);
const aggregations: ScoreAggregation[] = ['best', 'latest', 'sum'];

let ground: Ground;
let system: SplitSystem;
let messenger: Messenger;
let events: RunningService;

const boards = aggregations.map((scoreAggregation): EventBoardDescription => ({
  leaderboardId: uuidV7(),
  scope,
  mode: 'global',
  scoreAggregation,
  eventId: uuidV7(),
  eventKey: `of_${scoreAggregation}`,
  eventWindowId: uuidV7(),
  opensAt: new Date(startMs).toISOString(),
  closesAt: new Date(startMs + 86_400_000).toISOString(),
  segment: null,
  capacity: null,
  ladder: null,
  ladderCeiling: null,
  botBindings: [],
}));

@Controller()
class Describing {
  @HandleRequest(describeEventBoard)
  describe({ leaderboardId }: { leaderboardId: string }) {
    return { board: boards.find((board) => board.leaderboardId === leaderboardId) ?? null };
  }
}

@Module({ controllers: [Describing] })
class EventsDouble {}

beforeAll(async () => {
  ground = await startGround({ services: ['leaderboards'], ownPostgres: true });
  messenger = await ground.messenger();
  events = await startService(
    defineService({ name: 'events', module: EventsDouble, configuration: ProcessConfiguration }),
    { environment: { NATS_URL: ground.natsUrl, LOG_LEVEL: 'warn' } },
  );
  system = await SplitSystem.start(['leaderboards'], ground, {});
});

afterAll(async () => {
  await system?.stop();
  await events?.stop();
  await ground?.stop();
});

/** One player on one board: attempts one after the other, each with scores that go up and down. */
class Run {
  readonly playerId = uuidV7();
  private attemptId = uuidV7();
  private revision = 0;
  private score = 0;
  private best = { score: Number.NEGATIVE_INFINITY, atMs: 0 };
  private scoreAtMs = 0;
  private finished = 0;
  private overall = { score: Number.NEGATIVE_INFINITY, atMs: 0 };
  private lastMs = 0;

  constructor(private readonly board: EventBoardDescription) {}

  next(atMs: number, random: () => number): AttemptScored & { revision: number } {
    if (this.revision >= 8) this.startAnother();
    this.revision += 1;
    const score = Math.floor(random() * 1_000);
    if (score !== this.score || this.revision === 1) this.scoreAtMs = atMs;
    this.score = score;
    this.lastMs = atMs;
    if (score > this.best.score) this.best = { score, atMs };
    if (score > this.overall.score) this.overall = { score, atMs };
    return {
      attemptId: this.attemptId,
      eventId: this.board.eventId,
      eventWindowId: this.board.eventWindowId,
      leaderboardId: this.board.leaderboardId,
      playerId: this.playerId,
      score,
      bestScore: this.best.score,
      bestAtMs: this.best.atMs,
      scoreAtMs: this.scoreAtMs,
      writtenAtMs: atMs,
      revision: this.revision,
    };
  }

  expected(): { playerId: string; score: number; atMs: number } | null {
    if (this.lastMs === 0) return null;
    const { playerId, scoreAtMs } = this;
    if (this.board.scoreAggregation === 'best') return { playerId, score: this.overall.score, atMs: this.overall.atMs };
    const score = this.board.scoreAggregation === 'sum' ? this.finished + this.score : this.score;
    return { playerId, score, atMs: scoreAtMs };
  }

  private startAnother(): void {
    this.finished += this.score;
    this.attemptId = uuidV7();
    this.revision = 0;
    this.best = { score: Number.NEGATIVE_INFINITY, atMs: 0 };
  }
}

/** Numbers from a seed, so that a failure can be looked at again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function tell({ revision, ...payload }: AttemptScored & { revision: number }): void {
  const subject = `${attemptScored.subject}.0`;
  const occurredAt = new Date(payload.writtenAtMs).toISOString();
  const { attemptId: aggregateId } = payload;
  const fact = { id: uuidV7(), type: attemptScored.subject, scope, aggregateId, revision, occurredAt, payload };
  messenger.broadcast(subject, { id: uuidV7(), subject, facts: [fact] });
}

/** What happens to the processes, by round. */
async function disturb(round: number): Promise<void> {
  if (round === 15) await Promise.all([system.join('leaderboards'), system.join('leaderboards')]);
  if (round === 40) await system.kill('leaderboards');
  if (round === 60) await system.kill('leaderboards#2');
  if (round === 75) await system.restart('leaderboards');
  if (round === 95) await system.kill('leaderboards#3');
}

async function ranked(leaderboardId: string): Promise<[string, number][]> {
  const question = { scope, leaderboardId, limit: 200, selfPlayerId: null, progression: [], knownView: null };
  const { entries } = await messenger.request(readEventBoard, question);
  return entries!.map((text) => {
    const { participantId, score } = JSON.parse(text) as BoardEntry;
    return [participantId, score];
  });
}

it('loses and doubles no score while processes of leaderboards come and go', async () => {
  const random = randomFrom(20_261_121);
  const runs = boards.map((board) => Array.from({ length: players }, () => new Run(board)));
  const sent: (AttemptScored & { revision: number })[] = [];
  let atMs = startMs;
  for (let round = 0; round < rounds; round += 1) {
    for (let fact = 0; fact < factsARound; fact += 1) {
      const ofBoard = runs[Math.floor(random() * runs.length)]!;
      sent.push(ofBoard[Math.floor(random() * players)]!.next((atMs += 1), random));
      tell(sent.at(-1)!);
      // Some are told again, long after they were overtaken.
      if (random() < 0.1) tell(sent[Math.floor(random() * sent.length)]!);
    }
    await Promise.all([disturb(round), pause(roundPauseMs)]);
  }
  for (const [at, { leaderboardId }] of boards.entries()) {
    const rows = runs[at]!.map((run) => run.expected()).filter((row) => row !== null);
    const inOrder = rows.toSorted(
      (left, right) => right.score - left.score || left.atMs - right.atMs || (left.playerId < right.playerId ? 1 : -1),
    );
    const expected = inOrder.map(({ playerId, score }) => [playerId, score]);
    await eventually(async () => expect(await ranked(leaderboardId)).toEqual(expected), {
      withinMs: redeliveredWithinMs,
      everyMs: 500,
    });
  }
}, 420_000);
