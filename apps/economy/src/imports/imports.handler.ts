import { Controller } from '@nestjs/common';
import { importHoldings } from '@kraty/contracts/economy';
import { HandleRequest } from '@kraty/platform/messaging';
import { ImportsService, type Import } from './imports.service.js';

@Controller()
export class ImportsHandler {
  constructor(private readonly imports: ImportsService) {}

  @HandleRequest(importHoldings)
  async import(command: Import) {
    return this.imports.import(command);
  }
}
