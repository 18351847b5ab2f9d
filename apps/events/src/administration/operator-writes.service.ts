import { Injectable } from '@nestjs/common';
import type { GameScope, Idempotency, Scope } from '@kraty/contracts/common';
import type { Operator } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { Outbox, type CarryOptions, type NewFact, type Staged } from '@kraty/platform/facts';
import { IdempotencyStore } from '@kraty/platform/idempotency';
import { uuidV7 } from '@kraty/platform/ids';
import { rawJson, reply, type Reply } from '@kraty/platform/messaging';
import { Database, type Tx } from '@kraty/platform/persistence';
import { actFact, type Act } from './operator-act.facts.js';

/** Who asked for a write, and under which key it is repeated. */
export interface OperatorCall {
  game: GameScope | Scope;
  operator: Operator;
  idempotency: Idempotency | null;
}

/** What a write has come to, inside its transaction. */
export interface Written {
  answer: unknown;
  status?: 200 | 201;
  facts: NewFact[];
  /** Null = nothing was changed. */
  act: Act | null;
}

/** What has been recorded, now or by an earlier call with the same key. */
export interface Performed {
  text: string;
  status: number;
  replayed: boolean;
}

/** `fresh`: this very call has had the effect. */
export type FreshReply<R> = Reply<R> & { fresh: boolean };

interface Outcome extends Performed {
  staged: Staged;
}

const nothingStaged: Staged = { envelopes: [] };

/** The frame of every operator's write: change, audit entry and recorded reply are one commit (04 §11). */
@Injectable()
export class OperatorWrites {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly idempotency: IdempotencyStore,
  ) {}

  async run<R>(call: OperatorCall, write: (tx: Tx, auditId: string) => Promise<Written>): Promise<FreshReply<R>> {
    const { text, status, replayed } = await this.perform(call, write);
    const answered: Reply<R> = reply(rawJson(text), { status, replayed });
    return Object.assign(answered, { fresh: !replayed });
  }

  /** As `run`, for answers that are more than what was recorded. */
  async perform(
    call: OperatorCall,
    write: (tx: Tx, auditId: string) => Promise<Written>,
    options: CarryOptions = {},
  ): Promise<Performed> {
    const { staged, ...performed } = await this.database.transaction((tx) => this.transact(tx, call, write));
    await this.outbox.carry(staged, options);
    return performed;
  }

  private async transact(
    tx: Tx,
    { game, operator, idempotency }: OperatorCall,
    write: (tx: Tx, auditId: string) => Promise<Written>,
  ): Promise<Outcome> {
    const scope = scopeOf(game);
    const recorded = await this.idempotency.begin(tx, scope, idempotency);
    if (recorded !== null) {
      return { text: recorded.reply, status: recorded.status, replayed: true, staged: nothingStaged };
    }
    const now = this.clock.now();
    const auditId = uuidV7(now.getTime());
    const { answer, status = 200, facts, act } = await write(tx, auditId);
    const text = JSON.stringify(answer);
    await this.idempotency.record(tx, scope, idempotency, { status, reply: text });
    const { studioId, gameId } = scope;
    const acts = act === null ? [] : [actFact(auditId, { studioId, gameId }, operator, act, now)];
    return { text, status, replayed: false, staged: await this.outbox.stage(tx, [...facts, ...acts]) };
  }
}

/** Definitions exist once a game; their keys are kept under `live`. */
function scopeOf(game: GameScope | Scope): Scope {
  return {
    studioId: game.studioId,
    gameId: game.gameId,
    environment: 'environment' in game ? game.environment : 'live',
  };
}
