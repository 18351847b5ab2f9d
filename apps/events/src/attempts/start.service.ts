import { Injectable } from '@nestjs/common';
import { isConfigurationKey } from '@kraty/contracts/common';
import type { StartAttempt, StartedAttempt } from '@kraty/contracts/events';
import { Clock } from '@kraty/platform/clock';
import { busy, fail } from '@kraty/platform/errors';
import { Outbox, type NewFact, type Staged } from '@kraty/platform/facts';
import { IdempotencyStore } from '@kraty/platform/idempotency';
import { uuidV7 } from '@kraty/platform/ids';
import { rawJson, reply, type Reply } from '@kraty/platform/messaging';
import { Database, type Tx } from '@kraty/platform/persistence';
import { Definitions } from '../definitions/definitions.service.js';
import { DefinitionsStore } from '../definitions/definitions.store.js';
import type { EventDefinition } from '../definitions/event-definition.js';
import { emptyMetrics, linearScore } from '../scoring/score.js';
import { localDay } from '../windows/local-time.js';
import { NextStarts } from '../windows/next-starts.js';
import { Windows } from '../windows/windows.service.js';
import { capFailure } from './attempt-caps.js';
import { attemptEndMs, attemptOnWire, isOverdue, type AttemptState } from './attempt.js';
import { startedFact } from './attempt.facts.js';
import { eventDisabled } from './attempt-refusals.js';
import { AttemptsStore, type StartGround } from './attempts.store.js';
import { Endings } from './endings.service.js';

/** An open window with everything a start needs of it. */
interface Ready {
  eventId: string;
  windowId: string;
  windowEndsAt: Date;
  leaderboardId: string;
  definition: EventDefinition;
}

interface Outcome {
  text: string;
  status: number;
  replayed: boolean;
  staged: Staged;
  /** The player must be found on the board when the answer arrives. */
  showsOnBoard: boolean;
}

/** Thrown to undo a start that found its window not open yet, or no longer; never leaves this file. */
class WindowNotReady extends Error {}

/** A worker may open or close the window between two looks; more often than this it is not chance. */
const looksMax = 3;
const nothingStaged: Staged = { envelopes: [] };

/** `start` (05 §8.1): hands back the attempt in progress, or makes a fresh one. */
@Injectable()
export class Starts {
  private readonly nextStarts = new NextStarts();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly idempotency: IdempotencyStore,
    private readonly events: DefinitionsStore,
    private readonly definitions: Definitions,
    private readonly windows: Windows,
    private readonly attempts: AttemptsStore,
    private readonly endings: Endings,
  ) {}

  async start(call: StartAttempt): Promise<Reply<StartedAttempt>> {
    if (!isConfigurationKey(call.eventKey)) throw eventNotFound();
    const outcome = await this.untilReady(call);
    const awaitApplied = outcome.showsOnBoard ? (['leaderboards'] as const) : [];
    await this.outbox.carry(outcome.staged, { awaitApplied });
    return reply(rawJson(outcome.text), { status: outcome.status, replayed: outcome.replayed });
  }

  /** A window is open by the clock: when no worker has opened it yet, this request does. */
  private async untilReady(call: StartAttempt): Promise<Outcome> {
    for (let look = 1; look <= looksMax; look += 1) {
      try {
        return await this.database.transaction((tx) => this.transact(tx, call));
      } catch (error) {
        if (!(error instanceof WindowNotReady)) throw error;
        await this.makeReady(call, look);
      }
    }
    throw busy();
  }

  /** @throws no_active_window when the rules and the clock say so, too */
  private async makeReady(call: StartAttempt, look: number): Promise<void> {
    const ground = await this.groundOf(this.database, call);
    if (ground?.windowState === 'open') return;
    if (ground?.windowState === 'upcoming') return this.windows.ensure(ground.eventId);
    if (ground !== null && look === 1) {
      if (await this.windows.isBehindNow(ground.eventId)) return this.windows.ensure(ground.eventId);
      // Somebody may have made the window between the two reads.
      const again = await this.groundOf(this.database, call);
      if (again?.windowState) return;
    }
    throw await this.noWindow(call, ground);
  }

  private async transact(tx: Tx, call: StartAttempt): Promise<Outcome> {
    const recorded = await this.idempotency.begin(tx, call.scope, call.idempotency);
    if (recorded !== null) {
      return {
        text: recorded.reply,
        status: recorded.status,
        replayed: true,
        staged: nothingStaged,
        showsOnBoard: false,
      };
    }
    const ready = await this.enter(tx, call);
    const { attempt, status, facts } = await this.resumeOrCreate(tx, call, ready);
    await this.keepContext(tx, call);
    const definition = await this.definitions.at(tx, attempt.eventId, attempt.revision);
    const text = JSON.stringify(startedOnWire(attempt, definition, ready));
    await this.idempotency.record(tx, call.scope, call.idempotency, { status, reply: text });
    const staged = await this.outbox.stage(tx, facts);
    return { text, status, replayed: false, staged, showsOnBoard: status === 201 && definition.boardMode !== 'none' };
  }

  /** Steps 4–6: the event and its open window, which stays open until this transaction ends. */
  private async enter(tx: Tx, call: StartAttempt): Promise<Ready> {
    const ground = await this.groundOf(tx, call);
    if (ground === null || ground.archived) throw eventNotFound();
    if (ground.status === 'draft' || ground.status === 'paused') throw eventDisabled(call.eventKey);
    const { windowId, windowEndsAt, windowRevision, leaderboardId, windowState } = ground;
    if (windowId === null || windowEndsAt === null || windowState !== 'open') throw new WindowNotReady();
    if (windowRevision === null || leaderboardId === null) throw boardMissing();
    const seat = `${ground.eventId}:${call.player.playerId}`;
    if (!(await this.attempts.enterWindow(tx, windowId, this.clock.now(), seat))) throw new WindowNotReady();
    const definition = await this.definitions.at(tx, ground.eventId, windowRevision);
    return { eventId: ground.eventId, windowId, windowEndsAt, leaderboardId, definition };
  }

  /** Steps 7, 10 and 13. */
  private async resumeOrCreate(
    tx: Tx,
    call: StartAttempt,
    ready: Ready,
  ): Promise<{ attempt: AttemptState; status: 200 | 201; facts: NewFact[] }> {
    const facts: NewFact[] = [];
    const running = await this.attempts.lockRunning(tx, ready.windowId, call.player.playerId);
    if (running !== null && !isOverdue(running, this.clock.nowMs())) return { attempt: running, status: 200, facts };
    if (running !== null) facts.push(...(await this.endings.timeOut(tx, [running], this.clock.nowMs())));

    await this.refuseOverCap(tx, call, ready);
    const fresh = freshAttempt(call, ready, this.clock.nowMs());
    if (!(await this.attempts.insert(tx, fresh))) {
      // A start of another process came between; its attempt is the player's.
      throw new WindowNotReady();
    }
    return { attempt: fresh, status: 201, facts: [...facts, startedFact(fresh)] };
  }

  private async refuseOverCap(tx: Tx, call: StartAttempt, { eventId, windowId, definition }: Ready): Promise<void> {
    const { perWindowMax, perDayMax } = definition.attempts;
    if (perWindowMax === null && perDayMax === null) return;
    const day = localDay(this.clock.nowMs(), definition.timezone);
    const used = await this.attempts.used(tx, { playerId: call.player.playerId, eventId, windowId }, day);
    const failure = capFailure(definition.attempts, used, day.endsAtMs);
    if (failure !== null) throw failure;
  }

  private async keepContext(tx: Tx, { scope, player, playerContext }: StartAttempt): Promise<void> {
    if (playerContext === null || Object.keys(playerContext).length === 0) return;
    await this.attempts.keepContext(tx, { ...scope, playerId: player.playerId }, playerContext, this.clock.now());
  }

  private groundOf(tx: Tx, { scope, eventKey }: StartAttempt): Promise<StartGround | null> {
    return this.attempts.startGround(tx, scope.gameId, eventKey, scope.environment, this.clock.now());
  }

  private async noWindow({ eventKey }: StartAttempt, ground: StartGround | null) {
    const revision =
      ground === null ? null : await this.events.revision(this.database, ground.eventId, ground.eventRevision);
    const availability = ground?.status === 'finalized' ? undefined : revision?.availability;
    const statement = `${ground?.eventId}:${ground?.eventRevision}`;
    const next = availability && this.nextStarts.after(this.clock.nowMs(), statement, availability);
    const nextStartsAt = next == null ? null : new Date(next).toISOString();
    return fail('no_active_window', `the event '${eventKey}' has no open window now`, { eventKey, nextStartsAt });
  }
}

function freshAttempt(
  call: StartAttempt,
  { eventId, windowId, windowEndsAt, leaderboardId, definition }: Ready,
  nowMs: number,
): AttemptState {
  const raw = emptyMetrics(definition.scoring);
  return {
    id: uuidV7(nowMs),
    ...call.scope,
    eventId,
    eventKey: call.eventKey,
    eventWindowId: windowId,
    leaderboardId,
    playerId: call.player.playerId,
    externalPlayerId: call.player.externalPlayerId,
    revision: definition.revision,
    status: 'in_progress',
    startedAtMs: nowMs,
    endsAtMs: attemptEndMs(definition, nowMs, windowEndsAt.getTime()),
    completedAtMs: null,
    raw,
    score: linearScore(definition.scoring, raw),
    bestScore: null,
    bestAtMs: null,
    progressCount: 0,
    lastProgressAtMs: null,
    lastOccurredAtMs: null,
    playerContext: call.playerContext,
  };
}

function startedOnWire(attempt: AttemptState, definition: EventDefinition, { windowEndsAt }: Ready): StartedAttempt {
  const { leaderboardId } = attempt;
  return { attempt: attemptOnWire(attempt, definition), leaderboardId, windowEndsAt: windowEndsAt.toISOString() };
}

function eventNotFound() {
  return fail('not_found', 'there is no such event', { resource: 'event' });
}

function boardMissing() {
  const options = { headers: { 'retry-after': '1' } };
  return fail('no_leaderboard', 'the board of this window is not there yet; try again', undefined, options);
}
