import { Controller } from '@nestjs/common';
import { listAudit, readAudit, verifyAudit, type ListAudit, type Operator } from '@kraty/contracts/identity';
import { HandleRequest } from '@kraty/platform/messaging';
import { AuditService } from './audit.service.js';

@Controller()
export class AuditHandler {
  constructor(private readonly audit: AuditService) {}

  @HandleRequest(listAudit)
  list(call: ListAudit) {
    return this.audit.list(call);
  }

  @HandleRequest(readAudit)
  read({ operator, studioId, auditId }: { operator: Operator; studioId: string; auditId: string }) {
    return this.audit.read(operator, studioId, auditId);
  }

  @HandleRequest(verifyAudit)
  verify(call: { operator: Operator; studioId: string; fromSeq: number | null; toSeq: number | null }) {
    return this.audit.verify(call);
  }
}
