import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap, type Provider } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { FactBacklog } from './fact-backlog.js';
import { Facts } from './facts.js';
import { Inbox } from './inbox.js';
import { Outbox } from './outbox.js';

/** Starts when all handlers exist, stops taking while requests are still being finished. */
@Injectable()
export class FactsLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly facts: Facts,
    private readonly discovery: DiscoveryService,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.facts.start(this.discovery);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.facts.stopTaking();
  }
}

/** For a module that imports Nest's `DiscoveryModule`; whoever made `facts` closes it before NATS and the database. */
export function factsProviders(facts: Facts): Provider[] {
  return [
    { provide: Facts, useValue: facts },
    { provide: Outbox, useValue: facts.outbox },
    { provide: FactBacklog, useValue: facts.backlog },
    { provide: Inbox, useValue: facts.inbox },
    FactsLifecycle,
  ];
}
