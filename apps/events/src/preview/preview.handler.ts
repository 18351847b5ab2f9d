import { Controller } from '@nestjs/common';
import { previewEvent, type EventPreview } from '@kraty/contracts/events';
import { HandleRequest } from '@kraty/platform/messaging';
import { Previews, type PreviewCall } from './preview.service.js';

@Controller()
export class PreviewHandler {
  constructor(private readonly previews: Previews) {}

  @HandleRequest(previewEvent)
  preview(call: PreviewCall): Promise<EventPreview> {
    return this.previews.preview(call);
  }
}
