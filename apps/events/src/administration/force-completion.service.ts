import { Injectable } from '@nestjs/common';
import type { Idempotency, Scope } from '@kraty/contracts/common';
import type { ForceCompletedAttempt } from '@kraty/contracts/events';
import type { Operator } from '@kraty/contracts/identity';
import { readPlayerStandings, type ReadPlayerStandings } from '@kraty/contracts/leaderboards';
import { Clock } from '@kraty/platform/clock';
import { fail, isAway } from '@kraty/platform/errors';
import { isUuid } from '@kraty/platform/ids';
import { Logger } from '@kraty/platform/logging';
import { Messenger, rawJson, reply, type Reply } from '@kraty/platform/messaging';
import { OperatorWrites, type Written } from '@kraty/platform/operator-writes';
import type { Tx } from '@kraty/platform/persistence';
import { attemptOnWire, type AttemptState } from '../attempts/attempt.js';
import { AttemptsStore } from '../attempts/attempts.store.js';
import { Definitions } from '../definitions/definitions.service.js';
import type { EventDefinition } from '../definitions/event-definition.js';
import { overriddenFact } from './force-completion.facts.js';
import { forceCompleted, isOpenForForce } from './force-completion.js';
import { ForceCompletionStore } from './force-completion.store.js';

/** An operator waits longer than a player for boards to follow: milliseconds. */
const boardsWithinMs = 2_000;

export interface ForceCompletion {
  scope: Scope;
  operator: Operator;
  idempotency: Idempotency | null;
  attemptId: string;
  reason: string;
  overrideScore: number | null;
}

/** The answer without the boards, and what it takes to read these, now and in a replay. */
interface Recorded extends Omit<ForceCompletedAttempt, 'boards'> {
  counted: Pick<ReadPlayerStandings, 'contributesTo' | 'playerContext' | 'writtenAtMs'>;
}

/** Completes an attempt for a player who could not (05 §9.6). Boards follow; rewards are never rolled here. */
@Injectable()
export class ForceCompletions {
  constructor(
    private readonly clock: Clock,
    private readonly messenger: Messenger,
    private readonly logger: Logger,
    private readonly attempts: AttemptsStore,
    private readonly definitions: Definitions,
    private readonly store: ForceCompletionStore,
    private readonly operatorWrites: OperatorWrites,
  ) {}

  /** A replay shows the attempt and the entry of the first call, and the boards as they are now. */
  async complete(call: ForceCompletion): Promise<Reply<ForceCompletedAttempt>> {
    const performed = await this.operatorWrites.perform(
      { game: call.scope, operator: call.operator, idempotency: call.idempotency },
      (tx, auditId) => this.write(tx, call, auditId),
      { awaitApplied: ['leaderboards'], withinMs: boardsWithinMs },
    );
    const recorded = JSON.parse(performed.text) as Recorded;
    const boards = await this.boardsOf(call.scope, recorded);
    const { attempt, auditId } = recorded;
    const text = JSON.stringify({ attempt, boards, auditId } satisfies ForceCompletedAttempt);
    return reply(rawJson(text), { status: performed.status, replayed: performed.replayed });
  }

  private async write(tx: Tx, call: ForceCompletion, auditId: string): Promise<Written> {
    const { attempt, eventRevision } = await this.locked(tx, call);
    if (!isOpenForForce(attempt)) {
      const details = { reason: 'attempt_not_open', status: attempt.status };
      throw fail('conflict', `the attempt is ${attempt.status}`, details);
    }
    const latest = await this.definitions.at(tx, attempt.eventId, eventRevision);
    const definition = await this.definitionOf(tx, attempt, latest);
    const completed = forceCompleted(attempt, call.overrideScore, this.clock.nowMs());
    await this.store.save(tx, completed);
    const counted = {
      contributesTo: [...latest.contributesTo],
      playerContext: completed.playerContext,
      // The period of the last write; of an attempt without one, that of its completion.
      writtenAtMs: completed.lastProgressAtMs ?? completed.completedAtMs ?? this.clock.nowMs(),
    };
    const answer: Recorded = { attempt: attemptOnWire(completed, definition), auditId, counted };
    return {
      answer,
      facts: [overriddenFact(completed, latest.contributesTo, call.overrideScore !== null)],
      act: {
        environment: call.scope.environment,
        action: 'attempt.force_complete',
        target: { type: 'attempt', id: attempt.id, label: attempt.externalPlayerId },
        reason: call.reason,
        metadata: { eventKey: attempt.eventKey, externalPlayerId: attempt.externalPlayerId },
        before: stateForAudit(attempt),
        after: stateForAudit(completed),
      },
    };
  }

  /** An attempt whose own revision cannot be read is completed all the same: nobody else can end it. */
  private async definitionOf(tx: Tx, attempt: AttemptState, latest: EventDefinition): Promise<EventDefinition> {
    try {
      return await this.definitions.at(tx, attempt.eventId, attempt.revision);
    } catch (error) {
      if (isAway(error)) throw error;
      this.logger.warn({ err: error, attemptId: attempt.id }, 'the revision of a forced completion cannot be read');
      return latest;
    }
  }

  private async locked(tx: Tx, { scope, attemptId }: ForceCompletion) {
    const [locked] = isUuid(attemptId) ? await this.attempts.lock(tx, [attemptId]) : [];
    const isOurs = locked?.attempt.gameId === scope.gameId && locked.attempt.environment === scope.environment;
    if (locked === undefined || !isOurs) throw fail('not_found', 'there is no such attempt', { resource: 'attempt' });
    return locked;
  }

  /** Boards that cannot be read now are left out: the attempt is completed all the same. */
  private async boardsOf(scope: Scope, { attempt, counted }: Recorded): Promise<ForceCompletedAttempt['boards']> {
    const { leaderboardId: eventLeaderboardId, playerId } = attempt;
    try {
      const question = { scope, playerId, eventLeaderboardId, ...counted };
      return (await this.messenger.request(readPlayerStandings, question)).boards;
    } catch (error) {
      this.logger.warn({ err: error, eventLeaderboardId }, 'the boards of a forced completion cannot be read now');
      return [];
    }
  }
}

function stateForAudit({ status, score, bestScore, completedAtMs }: AttemptState) {
  const completedAt = completedAtMs === null ? null : new Date(completedAtMs).toISOString();
  return { status, score, bestScore, completedAt };
}
