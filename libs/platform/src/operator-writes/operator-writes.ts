import type { Provider } from '@nestjs/common';
import type { GameScope, Idempotency, Scope } from '@kraty/contracts/common';
import type { Operator } from '@kraty/contracts/identity';
import { Clock } from '../clock/index.js';
import { Outbox, type CarryOptions, type NewFact, type Staged } from '../facts/index.js';
import { IdempotencyStore } from '../idempotency/index.js';
import { uuidV7 } from '../ids/index.js';
import { rawJson, reply, type Reply } from '../messaging/index.js';
import { Database, type Tx } from '../persistence/index.js';
import { actFact, operatorAct, type Act, type ActingContext } from './operator-act.js';

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
export class OperatorWrites {
  constructor(
    private readonly context: ActingContext,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly idempotency: IdempotencyStore,
  ) {}

  /** `write` judges and writes; a repeat gets the recorded answer instead. */
  async run<R>(call: OperatorCall, write: (tx: Tx, auditId: string) => Promise<Written>): Promise<FreshReply<R>> {
    return replyOf(await this.perform(call, write));
  }

  /**
   * As `run`, for writes that ask others first: a repeat asks nobody, for its effect may forbid it by now, and whoever
   * is asked may be away.
   */
  async runWith<R, G>(
    call: OperatorCall,
    gather: () => Promise<G>,
    write: (tx: Tx, gathered: G, auditId: string) => Promise<Written>,
  ): Promise<FreshReply<R>> {
    const recorded = await this.recorded(call);
    if (recorded !== null) return replyOf(recorded);
    const gathered = await gather();
    return this.run(call, (tx, auditId) => write(tx, gathered, auditId));
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

  private async recorded({ game, idempotency }: OperatorCall): Promise<Performed | null> {
    if (idempotency === null) return null;
    const known = await this.idempotency.lookup(this.database, scopeOf(game), idempotency);
    return known ? { text: known.reply, status: known.status, replayed: true } : null;
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
    const at = this.clock.now();
    const auditId = uuidV7(at.getTime());
    const { answer, status = 200, facts, act } = await write(tx, auditId);
    const text = JSON.stringify(answer);
    await this.idempotency.record(tx, scope, idempotency, { status, reply: text });
    const acts = act === null ? [] : [actFact(this.context, operatorAct({ auditId, operator, game, at }, act))];
    return { text, status, replayed: false, staged: await this.outbox.stage(tx, [...facts, ...acts]) };
  }
}

/** For the module of a context in which operators act. */
export function operatorWritesOf(context: ActingContext): Provider {
  return {
    provide: OperatorWrites,
    inject: [Database, Clock, Outbox, IdempotencyStore],
    useFactory: (database: Database, clock: Clock, outbox: Outbox, idempotency: IdempotencyStore) =>
      new OperatorWrites(context, database, clock, outbox, idempotency),
  };
}

function replyOf<R>({ text, status, replayed }: Performed): FreshReply<R> {
  const answered: Reply<R> = reply(rawJson(text), { status, replayed });
  return Object.assign(answered, { fresh: !replayed });
}

/** Definitions exist once a game; their keys are kept under `live`. */
function scopeOf(game: GameScope | Scope): Scope {
  return {
    studioId: game.studioId,
    gameId: game.gameId,
    environment: 'environment' in game ? game.environment : 'live',
  };
}
