import { Controller } from '@nestjs/common';
import {
  finishAttempt,
  reportProgress,
  startAttempt,
  type FinishAttempt,
  type FinishedAttempt,
  type ReportedProgress,
  type ReportProgress,
  type StartAttempt,
  type StartedAttempt,
} from '@kraty/contracts/events';
import { HandleRequest, type Reply } from '@kraty/platform/messaging';
import { Progress } from '../progress/progress.service.js';
import { Finishes } from './finish.service.js';
import { Starts } from './start.service.js';

@Controller()
export class AttemptsHandler {
  constructor(
    private readonly starts: Starts,
    private readonly progress: Progress,
    private readonly finishes: Finishes,
  ) {}

  @HandleRequest(startAttempt)
  start(call: StartAttempt): Promise<Reply<StartedAttempt>> {
    return this.starts.start(call);
  }

  @HandleRequest(reportProgress)
  report(call: ReportProgress): Promise<Reply<ReportedProgress>> {
    return this.progress.report(call);
  }

  @HandleRequest(finishAttempt)
  finish(call: FinishAttempt): Promise<Reply<FinishedAttempt>> {
    return this.finishes.finish(call);
  }
}
