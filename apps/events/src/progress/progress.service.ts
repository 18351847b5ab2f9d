import { Injectable } from '@nestjs/common';
import { isConfigurationKey } from '@kraty/contracts/common';
import type { ReportedProgress, ReportProgress } from '@kraty/contracts/events';
import { isUuid } from '@kraty/platform/ids';
import { rawJson, reply, type Reply } from '@kraty/platform/messaging';
import { Metrics } from '@kraty/platform/telemetry';
import { attemptNotFound } from '../attempts/attempt-refusals.js';
import { GroupCommit } from '@kraty/platform/group-commit';
import { ProgressBatches, type EndedByCall, type WrittenProgress } from './progress-batch.service.js';

/** More would only make smaller batches, and what a batch costs hardly depends on its size. */
const lanes = 1;
const batchCommandsMax = 256;
const waitingCommandsMax = 1_024;
const batchBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** Progress of attempts, the hot path: calls that arrive together are committed together. */
@Injectable()
export class Progress {
  private readonly commands: GroupCommit<ReportProgress, WrittenProgress | EndedByCall>;

  constructor(batches: ProgressBatches, metrics: Metrics) {
    const sizes = metrics.histogram('progress_batch_calls', 'Progress calls committed together.', {
      buckets: batchBuckets,
    });
    this.commands = new GroupCommit({
      lanes,
      batchMax: batchCommandsMax,
      waitingMax: waitingCommandsMax,
      keyOf: ({ attemptId }) => attemptId,
      write: (calls) => {
        sizes.observe(calls.length);
        return batches.write(calls);
      },
    });
  }

  async report(call: ReportProgress): Promise<Reply<ReportedProgress>> {
    if (!isUuid(call.attemptId) || !isConfigurationKey(call.eventKey)) throw attemptNotFound();
    // An id is accepted in any case and kept in one.
    const written = await this.commands.submit({ ...call, attemptId: call.attemptId.toLowerCase() });
    await written.shown;
    if ('error' in written) throw written.error;
    return reply(rawJson(written.reply.text), { status: 200, replayed: written.replayed });
  }
}
