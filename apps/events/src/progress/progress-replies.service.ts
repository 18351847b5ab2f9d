import { Injectable } from '@nestjs/common';
import { Logger } from '@kraty/platform/logging';
import { Database } from '@kraty/platform/persistence';
import { MilestonePayouts } from '../milestones/milestone-payouts.service.js';
import { payoutKeysMissing, withGrants, type ProgressReply } from './progress-reply.js';
import { ProgressStore } from './progress.store.js';

/**
 * Grants of milestones in the replies of the calls that reached them. A reply is recorded with the keys alone, in the
 * transaction of its write; once the grants are known the record is replaced, so that a replay repeats the same list.
 * Whoever replays a call that died in between completes its record.
 */
@Injectable()
export class ProgressReplies {
  constructor(
    private readonly database: Database,
    private readonly progress: ProgressStore,
    private readonly payouts: MilestonePayouts,
    private readonly logger: Logger,
  ) {}

  /** For all of a batch at once: one question a game, one statement. Never throws: the write is committed already. */
  async complete(replies: readonly ProgressReply[]): Promise<void> {
    const questions = replies.map((reply) => ({ scope: reply.scope, payoutKeys: payoutKeysMissing(reply) }));
    const missing = questions.filter(({ payoutKeys }) => payoutKeys.length > 0);
    if (missing.length === 0) return;
    const known = await this.payouts.known(missing);
    if (known.size === 0) return;

    const completed = replies.map((reply) => ({ reply, before: reply.text, text: withGrants(reply, known) }));
    for (const { reply, text } of completed) reply.text = text;
    const records = completed.flatMap(({ reply: { scope, idempotency }, before, text }) =>
      idempotency === null || before === text ? [] : [{ scope, idempotency, before, text }],
    );
    await this.progress.replaceReplies(this.database, records).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'recorded replies are left without grants; a replay completes them');
    });
  }

  /** A reply that was recorded earlier: its first call may have completed the record by now. */
  async replayed(reply: ProgressReply): Promise<void> {
    if (reply.idempotency === null || payoutKeysMissing(reply).length === 0) return;
    const { scope, idempotency } = reply;
    reply.text = (await this.progress.recordedReply(this.database, { scope, idempotency })) ?? reply.text;
    await this.complete([reply]);
  }
}
