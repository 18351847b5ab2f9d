import { Module } from '@nestjs/common';
import { ConfigurationApplies } from '@kraty/platform/configuration-applies';
import { AttemptsHandler } from './attempts/attempts.handler.js';
import { AttemptsStore } from './attempts/attempts.store.js';
import { Endings } from './attempts/endings.service.js';
import { ExpiryWorker } from './attempts/expiry.worker.js';
import { Finishes } from './attempts/finish.service.js';
import { Starts } from './attempts/start.service.js';
import { ConfigurationHandler } from './configuration/configuration.handler.js';
import { EventsConfigurationService } from './configuration/configuration.service.js';
import { EventWrites } from './configuration/event-writes.service.js';
import { Definitions } from './definitions/definitions.service.js';
import { DefinitionsStore } from './definitions/definitions.store.js';
import { BundlePreviews } from './listing/bundle-previews.service.js';
import { ListingHandler } from './listing/listing.handler.js';
import { Listings } from './listing/listing.service.js';
import { ProgressBatches } from './progress/progress-batch.service.js';
import { Progress } from './progress/progress.service.js';
import { ProgressStore } from './progress/progress.store.js';
import { StandingsHandler } from './standings/standings.handler.js';
import { Standings } from './standings/standings.service.js';
import { StandingsStore } from './standings/standings.store.js';
import { BoardsHandler } from './windows/boards.handler.js';
import { Closing } from './windows/closing.service.js';
import { HorizonWorker } from './windows/horizon.worker.js';
import { Windows } from './windows/windows.service.js';
import { WindowsStore } from './windows/windows.store.js';
import { WindowsWorker } from './windows/windows.worker.js';

@Module({
  controllers: [AttemptsHandler, BoardsHandler, ConfigurationHandler, ListingHandler, StandingsHandler],
  providers: [
    AttemptsStore,
    BundlePreviews,
    Closing,
    ConfigurationApplies,
    Definitions,
    DefinitionsStore,
    Endings,
    EventsConfigurationService,
    EventWrites,
    ExpiryWorker,
    Finishes,
    HorizonWorker,
    Listings,
    Progress,
    ProgressBatches,
    ProgressStore,
    Standings,
    StandingsStore,
    Starts,
    Windows,
    WindowsStore,
    WindowsWorker,
  ],
})
export class EventsModule {}
