import { Injectable } from '@nestjs/common';
import type { NewFact } from '@kraty/platform/facts';
import type { Tx } from '@kraty/platform/persistence';
import { Definitions } from '../definitions/definitions.service.js';
import { endedFact } from './attempt.facts.js';
import { resolved, type AttemptState } from './attempt.js';
import { AttemptsStore } from './attempts.store.js';

/** Ends attempts whose time ran out, in the caller's transaction and under its locks. */
@Injectable()
export class Endings {
  constructor(
    private readonly definitions: Definitions,
    private readonly attempts: AttemptsStore,
  ) {}

  /** Returns what is to be told; the attempts are locked by the caller. */
  async timeOut(tx: Tx, attempts: readonly AttemptState[], nowMs: number): Promise<NewFact[]> {
    const ended: AttemptState[] = [];
    const facts: NewFact[] = [];
    for (const attempt of attempts) {
      const definition = await this.definitions.at(tx, attempt.eventId, attempt.revision);
      const state = resolved(attempt, definition, 'timeout', nowMs);
      ended.push(state);
      facts.push(endedFact(state, definition, attempt.endsAtMs));
    }
    await this.attempts.saveEnded(tx, ended);
    return facts;
  }
}
