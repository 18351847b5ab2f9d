import { Controller } from '@nestjs/common';
import {
  applyOperation,
  applyOperations,
  type ApplyOperation,
  type OperationOutcome,
  type OperationResult,
} from '@kraty/contracts/economy';
import { HandleRequest } from '@kraty/platform/messaging';
import { OperationsService } from './operations.service.js';

@Controller()
export class OperationsHandler {
  constructor(private readonly operations: OperationsService) {}

  @HandleRequest(applyOperation)
  async apply(command: ApplyOperation): Promise<OperationResult> {
    return this.operations.apply(command);
  }

  @HandleRequest(applyOperations)
  async applyAll({ operations }: { operations: ApplyOperation[] }): Promise<{ outcomes: OperationOutcome[] }> {
    return { outcomes: await this.operations.applyAll(operations) };
  }
}
