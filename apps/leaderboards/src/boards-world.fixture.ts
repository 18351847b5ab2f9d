import type { Json, Scope } from '@kraty/contracts/common';
import { configurationRoutes, emptySections, type Sections } from '@kraty/contracts/configuration';
import { holdingChanged, type HoldingChanged } from '@kraty/contracts/economy';
import {
  attemptOverridden,
  attemptScored,
  eventBoardClosed,
  eventBoardOpened,
  type AttemptOverridden,
  type AttemptScored,
  type BoardStanding,
  type EventBoardDescription,
} from '@kraty/contracts/events';
import { playerChanged, type GameSettings } from '@kraty/contracts/identity';
import {
  describeStream,
  joinDefinedBoard,
  readDefinedBoard,
  submitScore,
  type BoardEntry,
  type DefinedBoardView,
  type LeaderboardConfiguration,
  type ReadDefinedBoard,
  type SubmitScore,
  type FinalizedReason,
} from '@kraty/contracts/leaderboards';
import type { FactType } from '@kraty/contracts/messages';
import { startService, type RunningService } from '@kraty/platform/bootstrap';
import { MovableClock } from '@kraty/platform/clock';
import { FactBacklog } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import type { Messenger } from '@kraty/platform/messaging';
import type { RepeatingWorker } from '@kraty/platform/rounds';
import { askPatiently, eventually, startGround, startHost, type Ground, type Host } from '@kraty/testing/harness';
import { doublesOf, Others } from './boards-others.fixture.js';
import { Rosters } from './bots/rosters.service.js';

const routes = configurationRoutes('leaderboards');
const told = [eventBoardOpened, eventBoardClosed, attemptScored, attemptOverridden, playerChanged, holdingChanged];

/** By a clock that stands still, a view from which a reader was late to move the bots would be shown for ever. */
const everyReadLooks = { BOARD_VIEW_CACHE_MS: '0' };
/** A stall of the machine is no answer: a reader waits longer than it lasts for the bots that it moves itself. Milliseconds. */
const ownLookMs = 20_000;

/** The leaderboards service on real servers, with doubles of the contexts it asks. */
export class BoardsWorld {
  readonly others = new Others();
  readonly scope: Scope = { studioId: uuidV7(), gameId: uuidV7(), environment: 'live' };

  private constructor(
    readonly ground: Ground,
    readonly host: Host,
    readonly messenger: Messenger,
    readonly clock: MovableClock,
    private readonly doubles: RunningService[],
  ) {}

  /** @param environment over what boards are tested with */
  static async start(now: string, environment: Record<string, string> = {}): Promise<BoardsWorld> {
    const ground = await startGround({ services: ['leaderboards'] });
    const clock = new MovableClock(new Date(now));
    const host = await startBoards(ground, clock, environment);
    const doubles: RunningService[] = [];
    const world = new BoardsWorld(ground, host, askPatiently(await ground.messenger()), clock, doubles);
    const ofDoubles = { NATS_URL: ground.natsUrl, LOG_LEVEL: 'warn' };
    for (const double of doublesOf(world.others)) doubles.push(await startService(double, { environment: ofDoubles }));
    // What is told before somebody keeps it is lost.
    await world.settled(...told);
    return world;
  }

  /** Another process of the service; whoever starts it stops it. */
  anotherHost(): Promise<Host> {
    return startBoards(this.ground, this.clock);
  }

  async stop(): Promise<void> {
    await this.host.stop();
    await Promise.all(this.doubles.map((double) => double.stop()));
    await this.ground.stop();
  }

  /**
   * Facts of these types have been applied to the end, those that have shown an effect at least: what a reader sees comes
   * before bots have answered and streams have been told.
   */
  async settled(...types: FactType<unknown>[]): Promise<void> {
    const backlog = this.host.service('leaderboards').app.get(FactBacklog);
    await eventually(async () => expect(await backlog.oldestMs(types)).toBe(Infinity));
  }

  /** A worker that does no round by itself any more: one at another instant would do what a spec asks of its own rounds. */
  async byHand<W extends RepeatingWorker>(type: new (...given: never[]) => W, host = this.host): Promise<W> {
    const worker = host.service('leaderboards').app.get<W>(type);
    await worker.beforeApplicationShutdown();
    return worker;
  }

  /** Applies boards as the configuration saga would; returns the issues instead when there are any. */
  configure(leaderboards: LeaderboardConfiguration[], game: Scope = this.scope): Promise<string[]> {
    return this.configureSections({ leaderboards }, game);
  }

  /** The same for any sections of this context. */
  async configureSections(upserts: Partial<Sections>, game: Scope = this.scope): Promise<string[]> {
    const currencies = ['league_tier', 'xp'].map((key) => ({ key, name: key, kind: 'progression' as const }));
    const apply = {
      game: { studioId: game.studioId, gameId: game.gameId },
      changes: { upserts, archives: {} },
      desired: { ...emptySections(), currencies, ...upserts },
      settings: {} as GameSettings,
      applyId: uuidV7(),
      actor: 'member:test',
    };
    const { issues } = await this.messenger.request(routes.check, apply);
    if (issues.length > 0) return issues.map(({ path, code }) => `${path} ${code}`);
    await this.messenger.request(routes.prepare, apply);
    await this.messenger.request(routes.commit, { game: apply.game, applyId: apply.applyId });
    return [];
  }

  /** The sections of a game as a document would show them. */
  async exported(game: Scope): Promise<Partial<Sections>> {
    return (await this.messenger.request(routes.export, { game })).sections;
  }

  /** What another context would publish. */
  publish<P>(type: FactType<P>, aggregateId: string, revision: number, payload: P): void {
    const subject = type.partitions > 1 ? `${type.subject}.0` : type.subject;
    const occurredAt = this.clock.now().toISOString();
    const fact = { id: uuidV7(), type: type.subject, scope: this.scope, aggregateId, revision, occurredAt, payload };
    this.messenger.broadcast(subject, { id: uuidV7(), subject, facts: [fact] });
  }

  openBoard(more: Partial<EventBoardDescription> = {}): string {
    const leaderboardId = uuidV7();
    const opensAt = this.clock.now();
    const description: EventBoardDescription = {
      leaderboardId,
      scope: this.scope,
      mode: 'global',
      scoreAggregation: 'best',
      eventId: uuidV7(),
      eventKey: 'daily',
      eventWindowId: uuidV7(),
      opensAt: opensAt.toISOString(),
      closesAt: new Date(opensAt.getTime() + 30 * 86_400_000).toISOString(),
      segment: null,
      capacity: null,
      ladder: null,
      ladderCeiling: null,
      botBindings: [],
      ...more,
    };
    this.others.boards.set(leaderboardId, description);
    this.publish(eventBoardOpened, leaderboardId, 1, description);
    return leaderboardId;
  }

  closeBoard(leaderboardId: string, standings: BoardStanding[], reason: FinalizedReason = 'window_closed'): void {
    this.others.standings.set(leaderboardId, standings);
    this.publish(eventBoardClosed, leaderboardId, 1, {
      leaderboardId,
      eventId: uuidV7(),
      eventWindowId: uuidV7(),
      reason,
      closedAt: this.clock.now().toISOString(),
    });
  }

  /** An operator has set the score of an attempt. What events says of the player's standing is the caller's to set. */
  override(leaderboardId: string, playerId: string, attemptId: string, told: Partial<AttemptOverridden>): void {
    const completedAt = this.clock.now().toISOString();
    this.publish(attemptOverridden, attemptId, 2, {
      ...{ attemptId, eventId: uuidV7(), eventKey: 'daily', eventWindowId: uuidV7(), leaderboardId },
      ...{ playerId, externalPlayerId: playerId, score: 0, scoreChanged: true, contributesTo: [], playerContext: null },
      ...{ lastWrittenAtMs: this.clock.nowMs(), completedAt, forced: true },
      ...told,
    });
  }

  /** A player with a name, and perhaps a country. Whoever needs it before its fact has come is told by identity. */
  player(name: string, country: string | null = null): string {
    const playerId = uuidV7();
    const profile = {
      playerId,
      externalPlayerId: name,
      displayName: name,
      displayAvatar: null,
      anonymizedName: 'Quiet Heron',
      anonymizedAvatar: null,
      country,
      metadata: {},
    };
    this.others.profiles.push({ ...profile, revision: 1 });
    this.publish(playerChanged, playerId, 1, profile);
    return playerId;
  }

  /** A player whose fact is still on its way: only identity knows it. */
  untoldPlayer(externalPlayerId: string): string {
    const playerId = uuidV7();
    const nobody = { displayName: null, displayAvatar: null, anonymizedName: 'Quiet Heron', anonymizedAvatar: null };
    this.others.profiles.push({ playerId, externalPlayerId, ...nobody, country: null, metadata: {}, revision: 1 });
    return playerId;
  }

  /** As a gateway whose client has opened the stream. */
  async watch(leaderboardId: string): Promise<void> {
    await this.messenger.request(describeStream, { scope: this.scope, leaderboardId });
  }

  score(leaderboardId: string, playerId: string, write: WriteTold): void {
    const writtenAtMs = write.atMs ?? this.clock.nowMs();
    const payload: AttemptScored = {
      attemptId: write.attemptId,
      eventId: uuidV7(),
      eventWindowId: uuidV7(),
      leaderboardId,
      playerId,
      score: write.score,
      bestScore: write.bestScore ?? write.score,
      bestAtMs: writtenAtMs,
      scoreAtMs: writtenAtMs,
      writtenAtMs,
      ...(write.contributesTo && { contributesTo: write.contributesTo, playerContext: write.context ?? null }),
    };
    this.publish(attemptScored, write.attemptId, write.revision, payload);
  }

  balance(playerId: string, key: string, revision: number, balanceAfter: number): void {
    this.others.balances[playerId] = { ...this.others.balances[playerId], [key]: balanceAfter };
    const payload: HoldingChanged = {
      ledgerId: uuidV7(),
      playerId,
      type: 'economy',
      key,
      delta: 1,
      balanceAfter,
      reason: 'progress',
      sourceRefId: null,
      origin: 'engine',
      operationId: uuidV7(),
      changedAt: this.clock.now().toISOString(),
    };
    this.publish(holdingChanged, playerId, revision, payload);
  }

  read(key: string, more: Partial<ReadDefinedBoard> = {}): Promise<DefinedBoardView> {
    const nobody = {
      segment: null,
      namesPlayer: false,
      period: null,
      playerId: null,
      includeSelf: false,
      knownView: null,
    };
    return this.messenger.request(readDefinedBoard, {
      scope: this.scope,
      key,
      limit: 50,
      progression: [],
      ...nobody,
      ...more,
    });
  }

  /** `[player, score]` in rank order. */
  async rows(key: string, more: Partial<ReadDefinedBoard> = {}): Promise<[string | null, number][]> {
    return entriesOf(await this.read(key, more)).map(({ name, score }) => [name, score]);
  }

  submit(key: string, playerId: string, value: number, more: Partial<SubmitScore> = {}) {
    return this.messenger.request(submitScore, {
      scope: this.scope,
      player: { playerId, externalPlayerId: playerId },
      country: null,
      key,
      value,
      segment: null,
      surface: 'client',
      idempotency: null,
      ...more,
    });
  }

  join(key: string, playerId: string, segment: string | null = null): Promise<DefinedBoardView> {
    const player = { playerId, externalPlayerId: playerId };
    return this.messenger.request(joinDefinedBoard, {
      scope: this.scope,
      player,
      country: null,
      key,
      segment,
      limit: 50,
    });
  }
}

export interface WriteTold {
  attemptId: string;
  revision: number;
  score: number;
  bestScore?: number;
  atMs?: number;
  contributesTo?: string[];
  context?: Json;
}

async function startBoards(ground: Ground, clock: MovableClock, environment: Record<string, string> = {}) {
  const host = await startHost(['leaderboards'], ground, { clock, environment: { ...everyReadLooks, ...environment } });
  Object.assign(host.service('leaderboards').app.get(Rosters), { ownLookMs });
  return host;
}

export function entriesOf(view: { entries: string[] | null }): BoardEntry[] {
  return view.entries!.map((text) => JSON.parse(text) as BoardEntry);
}
