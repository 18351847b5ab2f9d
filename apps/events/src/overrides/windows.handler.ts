import { Controller } from '@nestjs/common';
import type { Json } from '@kraty/contracts/common';
import {
  attachOrphanedOverride,
  copyPreviousOverride,
  discardOrphanedOverride,
  forceCloseWindow,
  listEventWindows,
  overrideWindow,
  type AdminWrite,
  type ListEventWindows,
} from '@kraty/contracts/events';
import { HandleRequest } from '@kraty/platform/messaging';
import { EventReads } from '../administration/event-reads.service.js';
import { Lifecycle } from '../administration/lifecycle.service.js';
import { Overrides } from './overrides.service.js';

type OneWindow = AdminWrite & { event: string; windowId: string };

/** Windows for operators (04 §5.4). */
@Controller()
export class WindowsHandler {
  constructor(
    private readonly reads: EventReads,
    private readonly lifecycle: Lifecycle,
    private readonly overrides: Overrides,
  ) {}

  @HandleRequest(listEventWindows)
  list(asked: ListEventWindows) {
    return this.reads.windows(asked);
  }

  @HandleRequest(overrideWindow)
  override(call: OneWindow & { metadata: Json }) {
    return this.overrides.replace(call);
  }

  @HandleRequest(copyPreviousOverride)
  copyPrevious(call: OneWindow) {
    return this.overrides.copyPrevious(call);
  }

  @HandleRequest(attachOrphanedOverride)
  attach(call: OneWindow & { orphanId: string }) {
    return this.overrides.attachOrphan(call);
  }

  @HandleRequest(discardOrphanedOverride)
  discard(call: AdminWrite & { event: string; orphanId: string }) {
    return this.overrides.discardOrphan(call);
  }

  @HandleRequest(forceCloseWindow)
  forceClose(call: OneWindow & { reason: string }) {
    return this.lifecycle.forceClose(call);
  }
}
