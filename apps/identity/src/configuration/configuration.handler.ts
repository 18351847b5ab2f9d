import { Controller } from '@nestjs/common';
import {
  applyConfiguration,
  exportConfiguration,
  planConfiguration,
  readConfigurationSchema,
  type ApplyConfiguration,
  type ExportConfiguration,
  type PlanConfiguration,
} from '@kraty/contracts/identity';
import { HandleRequest } from '@kraty/platform/messaging';
import { AppliesService } from './applies.service.js';
import { documentSchema } from './document-schema.js';
import { PlanningService } from './planning.service.js';

@Controller()
export class ConfigurationHandler {
  constructor(
    private readonly planning: PlanningService,
    private readonly applies: AppliesService,
  ) {}

  @HandleRequest(exportConfiguration)
  export(call: ExportConfiguration) {
    return this.planning.export(call);
  }

  @HandleRequest(planConfiguration)
  plan(call: PlanConfiguration) {
    return this.planning.plan(call);
  }

  @HandleRequest(applyConfiguration)
  apply(call: ApplyConfiguration) {
    return this.applies.apply(call);
  }

  @HandleRequest(readConfigurationSchema)
  schema() {
    return documentSchema();
  }
}
