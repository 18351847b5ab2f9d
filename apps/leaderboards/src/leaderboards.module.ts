import { Module } from '@nestjs/common';
import { BoardsConsumer } from './boards/boards.consumer.js';
import { Boards } from './boards/boards.service.js';
import { BoardsStore } from './boards/boards.store.js';
import { FinalizationConsumer } from './finalization/finalization.consumer.js';
import { Finalization } from './finalization/finalization.service.js';
import { FrozenBoardsStore } from './finalization/frozen-boards.store.js';
import { ProfilesConsumer } from './profiles/profiles.consumer.js';
import { Profiles } from './profiles/profiles.service.js';
import { ProfilesStore } from './profiles/profiles.store.js';
import { IndexRepairWorker } from './ranks/index-repair.worker.js';
import { Ranks } from './ranks/ranks.service.js';
import { RanksStore } from './ranks/ranks.store.js';
import { ReadsHandler } from './reads/reads.handler.js';
import { Reads } from './reads/reads.service.js';
import { ScoresConsumer } from './scores/scores.consumer.js';
import { Scores } from './scores/scores.service.js';
import { ScoresStore } from './scores/scores.store.js';

/** Boards, scores and ranks. */
@Module({
  controllers: [BoardsConsumer, ProfilesConsumer, ScoresConsumer, FinalizationConsumer, ReadsHandler],
  providers: [
    Boards,
    BoardsStore,
    IndexRepairWorker,
    Profiles,
    ProfilesStore,
    Ranks,
    RanksStore,
    Reads,
    Scores,
    ScoresStore,
    Finalization,
    FrozenBoardsStore,
  ],
})
export class LeaderboardsModule {}
