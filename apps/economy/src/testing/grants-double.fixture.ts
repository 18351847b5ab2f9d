import { Controller, Module } from '@nestjs/common';
import { readPayouts, type Grant } from '@kraty/contracts/grants';
import { defineService, startService, type RunningService } from '@kraty/platform/bootstrap';
import { ProcessConfiguration } from '@kraty/platform/configuration';
import { HandleRequest } from '@kraty/platform/messaging';
import type { Ground } from '@kraty/testing/harness';

/** Grants as the economy asks them: every payout asked for is one grant, named by its key. */
export async function startGrantsDouble(ground: Ground): Promise<RunningService> {
  @Controller()
  class PayoutsHandler {
    @HandleRequest(readPayouts)
    read({ payoutKeys }: { payoutKeys: string[] }) {
      return { payouts: Object.fromEntries(payoutKeys.map((key) => [key, [{ id: `grant of ${key}` } as Grant]])) };
    }
  }

  @Module({ controllers: [PayoutsHandler] })
  class GrantsDouble {}

  const service = defineService({ name: 'grants', module: GrantsDouble, configuration: ProcessConfiguration });
  return startService(service, { environment: { NATS_URL: ground.natsUrl, LOG_LEVEL: 'warn' } });
}
