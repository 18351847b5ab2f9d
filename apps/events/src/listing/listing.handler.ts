import { Controller } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { listEvents, type EventListing } from '@kraty/contracts/events';
import { HandleRequest } from '@kraty/platform/messaging';
import { Listings } from './listing.service.js';

@Controller()
export class ListingHandler {
  constructor(private readonly listings: Listings) {}

  @HandleRequest(listEvents)
  list({ scope, playerId }: { scope: Scope; playerId: string | null }): Promise<EventListing[]> {
    return this.listings.list(scope, playerId);
  }
}
