import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { configurationRoutes, type CheckConfiguration, type Sections } from '@kraty/contracts/configuration';
import {
  finishAttempt,
  listEvents,
  reportProgress,
  startAttempt,
  type Attempt,
  type EventDocumentEntry,
  type EventListing,
  type FinishedAttempt,
  type ReportProgress,
  type StartAttempt,
  type StartedAttempt,
} from '@kraty/contracts/events';
import type { Fact, FactType, RequestRoute } from '@kraty/contracts/messages';
import { MovableClock } from '@kraty/platform/clock';
import type { FailureWire } from '@kraty/contracts/failures';
import { Failure } from '@kraty/platform/errors';
import { sha256Hex, uuidV7 } from '@kraty/platform/ids';
import { Messenger } from '@kraty/platform/messaging';
import type { RepeatingWorker } from '@kraty/platform/rounds';
import { askPatiently, inTurn, startGround, startHost, type Ground, type Host } from '@kraty/testing/harness';
import { AnomalyRetentionWorker } from './anti-cheat/anomaly-retention.worker.js';
import { ChargesWorker } from './entry-cost/charges.worker.js';
import { ExpiryWorker } from './attempts/expiry.worker.js';
import { HorizonWorker } from './windows/horizon.worker.js';
import { WindowsWorker } from './windows/windows.worker.js';

const routes = configurationRoutes('events');
const workers = [HorizonWorker, WindowsWorker, ExpiryWorker, ChargesWorker, AnomalyRetentionWorker];

/** An answer as the gateway would see it. */
export interface Answer<R> {
  status: number;
  replayed: boolean;
  data: R;
}

type StartOptions = Partial<Pick<StartAttempt, 'playerContext'>> & { key?: string };
type ProgressOptions = Partial<Pick<ReportProgress, 'mode' | 'metricValue' | 'occurredAt' | 'eventKey'>> & {
  key?: string;
};

/** The events service on real servers, a game in it, and time in the test's hands. */
export class EventsWorld {
  readonly game = { studioId: uuidV7(), gameId: uuidV7() };
  readonly scope: Scope = { ...this.game, environment: 'live' };
  readonly facts: Fact<unknown>[] = [];
  private readonly document = new Map<string, EventDocumentEntry>();

  private constructor(
    readonly ground: Ground,
    public host: Host,
    readonly clock: MovableClock,
    readonly messenger: Messenger,
  ) {}

  /** Another game on the same service. */
  anotherGame(): EventsWorld {
    return new EventsWorld(this.ground, this.host, this.clock, this.messenger);
  }

  /** `others` are services whose place a test takes itself. */
  static async start(now: string, others: string[] = []): Promise<EventsWorld> {
    const ground = await startGround({ services: ['events', ...others] });
    const clock = new MovableClock(new Date(now));
    const host = await startResting(ground, clock);
    return new EventsWorld(ground, host, clock, askPatiently(await ground.messenger()));
  }

  async stop(): Promise<void> {
    await this.host.stop();
    await this.ground.stop();
  }

  /** Another process of the service; calls go to either. */
  another(): Promise<Host> {
    return startResting(this.ground, this.clock);
  }

  /** Everything is down until `now`; from then on the workers make their own rounds, as in service. */
  async downUntil(now: string): Promise<void> {
    await this.host.stop();
    this.clock.set(new Date(now));
    this.host = await startEvents(this.ground, this.clock);
    for (const worker of workers) inTurn(this.host.service('events').app.get<RepeatingWorker>(worker));
  }

  now(now: string): void {
    this.clock.set(new Date(now));
  }

  /** What every worker does by itself after a while. */
  async workersRun(): Promise<void> {
    const { app } = this.host.service('events');
    await app.get(HorizonWorker).round();
    await app.get(WindowsWorker).round();
    await app.get(ExpiryWorker).round();
  }

  /** A part of the running service, for what no message reaches. */
  service<T>(part: new (...dependencies: never[]) => T): T {
    return this.host.service('events').app.get<T>(part);
  }

  /** One round of what gives charges back. */
  async chargesRun(): Promise<void> {
    await this.host.service('events').app.get(ChargesWorker).round();
  }

  hear(...types: FactType<never>[]): void {
    for (const type of types) this.messenger.onFact(type as FactType<unknown>, (fact) => this.facts.push(fact));
  }

  heard<P>(type: FactType<P>, aggregateId?: string): Fact<P>[] {
    return this.facts.filter(
      (fact) => fact.type === type.subject && (aggregateId === undefined || fact.aggregateId === aggregateId),
    ) as Fact<P>[];
  }

  player(name: string): PlayerRef {
    return { playerId: uuidV7(), externalPlayerId: name };
  }

  /** Applies events of a document as the saga would: check, prepare, commit. */
  async configure(...events: EventDocumentEntry[]): Promise<void> {
    const apply = await this.prepared(...events);
    await apply.commit();
  }

  /** An apply that waits for its commit. */
  async prepared(...events: EventDocumentEntry[]): Promise<{ applyId: string; commit: () => Promise<void> }> {
    const apply = { game: this.game, applyId: uuidV7() };
    await this.ask(routes.prepare, { ...this.change(events), applyId: apply.applyId, actor: 'designer@example.com' });
    const commit = async () => {
      await this.ask(routes.commit, apply);
      for (const event of events) this.document.set(event.key, event);
    };
    return { applyId: apply.applyId, commit };
  }

  change(events: unknown[], archives: string[] = []): CheckConfiguration {
    const desired = new Map<string, unknown>(this.document);
    for (const event of events) desired.set((event as { key: string }).key, event);
    return {
      game: this.game,
      changes: { upserts: { events: events as EventDocumentEntry[] }, archives: { events: archives } },
      desired: {
        items: [{ key: 'bait', name: 'Bait' }],
        currencies: [
          { key: 'pearls', name: 'Pearls', kind: 'currency' },
          { key: 'level', name: 'Level', kind: 'progression' },
        ],
        itemTypes: [],
        rewardTables: [],
        identityPools: [],
        bots: [],
        leaderboards: [],
        rewardBundles: [{ key: 'prize', name: 'Prize', entries: [] }],
        events: [...desired.values()] as EventDocumentEntry[],
      } satisfies Sections,
      settings: {} as CheckConfiguration['settings'],
    };
  }

  check(events: unknown[], archives: string[] = []) {
    return this.ask(routes.check, this.change(events, archives));
  }

  export() {
    return this.ask(routes.export, { game: this.game });
  }

  ask<Q, R>(route: RequestRoute<Q, R>, body: Q): Promise<R> {
    return this.messenger.request(route, body);
  }

  start(player: PlayerRef, eventKey: string, options: StartOptions = {}): Promise<Answer<StartedAttempt>> {
    const { key, playerContext = null } = options;
    const operation = `POST /players/${player.externalPlayerId}/events/${eventKey}/start`;
    const idempotency = idempotencyOf(operation, key, { playerContext });
    return this.answer(startAttempt, { scope: this.scope, player, eventKey, playerContext, idempotency });
  }

  async started(player: PlayerRef, eventKey: string): Promise<Attempt> {
    return (await this.start(player, eventKey)).data.attempt;
  }

  progress(
    player: PlayerRef,
    attempt: { id: string },
    metrics: Record<string, number> | null,
    options: ProgressOptions = {},
  ) {
    const { key, mode = 'increment', metricValue = null, occurredAt = null, eventKey = 'crab_sprint' } = options;
    const operation = `POST /players/${player.externalPlayerId}/events/${eventKey}/attempts/${attempt.id}/progress`;
    const idempotency = idempotencyOf(operation, key, { mode, metrics, metricValue });
    const call = {
      scope: this.scope,
      player,
      eventKey,
      attemptId: attempt.id,
      mode,
      metricValue,
      metrics,
      occurredAt,
      idempotency,
    };
    return this.answer(reportProgress, call);
  }

  finish(
    player: PlayerRef,
    attempt: { id: string },
    options: { key?: string; eventKey?: string } = {},
  ): Promise<Answer<FinishedAttempt>> {
    const { key, eventKey = 'crab_sprint' } = options;
    const operation = `POST /players/${player.externalPlayerId}/events/${eventKey}/attempts/${attempt.id}/finish`;
    const idempotency = idempotencyOf(operation, key, {});
    return this.answer(finishAttempt, { scope: this.scope, player, eventKey, attemptId: attempt.id, idempotency });
  }

  list(player: PlayerRef | null): Promise<EventListing[]> {
    return this.ask(listEvents, { scope: this.scope, playerId: player?.playerId ?? null });
  }

  rows(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    return this.ground.sql('events', text, values);
  }

  private async answer<Q, R>(route: RequestRoute<Q, R>, body: Q): Promise<Answer<R>> {
    const { status, replayed, bytes } = await this.messenger.requestRaw(route, body);
    return { status, replayed, data: JSON.parse(Buffer.from(bytes).toString()) as R };
  }
}

async function startEvents(ground: Ground, clock: MovableClock): Promise<Host> {
  const host = await startHost(['events'], ground, { clock });
  askPatiently(host.service('events').app.get(Messenger));
  return host;
}

/**
 * A process whose workers rest until a test asks for a round. Their own rounds come by real time, whatever the clock of
 * the test says: one that falls into a look past the end of a window closes it for the tests that go back before it, and
 * one that holds a row makes the round of the test pass over it.
 */
async function startResting(ground: Ground, clock: MovableClock): Promise<Host> {
  for (const { prototype } of workers) prototype.onApplicationBootstrap = () => undefined;
  try {
    return await startEvents(ground, clock);
  } finally {
    // The class they have it from gives it back.
    for (const { prototype } of workers) Reflect.deleteProperty(prototype, 'onApplicationBootstrap');
  }
}

/** The failure a call ends with. */
export async function refusal(call: Promise<unknown>): Promise<FailureWire> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Failure) return error.wire();
    throw error;
  }
  throw new Error('the call was not refused');
}

/** Always on, one metric, no target: a score attack. */
export function crabSprint(overrides: Partial<EventDocumentEntry> = {}): EventDocumentEntry {
  return {
    key: 'crab_sprint',
    status: 'scheduled',
    availability: { mode: 'always_on' },
    metrics: [{ key: 'shells' }],
    attempt: { replayableDuringWindow: true },
    ...overrides,
  };
}

function idempotencyOf(operation: string, key: string | undefined, body: object) {
  return key === undefined ? null : { key, operation, bodyHash: sha256Hex(JSON.stringify(body)) };
}
