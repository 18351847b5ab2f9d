import { Module } from '@nestjs/common';
import { ApiKeysHandler } from './api-keys/api-keys.handler.js';
import { ApiKeysService } from './api-keys/api-keys.service.js';
import { ApiKeysStore } from './api-keys/api-keys.store.js';
import { AuditHandler } from './audit/audit.handler.js';
import { AuditLog } from './audit/audit-log.service.js';
import { AuditService } from './audit/audit.service.js';
import { AuditStore } from './audit/audit.store.js';
import { OperatorActsConsumer } from './audit/operator-acts.consumer.js';
import { OperatorActsService } from './audit/operator-acts.service.js';
import { prismaProvider } from './common/prisma.store.js';
import { AppliesService } from './configuration/applies.service.js';
import { AppliesStore } from './configuration/applies.store.js';
import { ApplyReaper } from './configuration/apply-reaper.worker.js';
import { ApplySaga } from './configuration/apply-saga.service.js';
import { ConfigurationHandler } from './configuration/configuration.handler.js';
import { Owners } from './configuration/owners.service.js';
import { PlanningService } from './configuration/planning.service.js';
import { DefaultPoolsConsumer } from './default-pools/default-pools.consumer.js';
import { DefaultPools } from './default-pools/default-pools.service.js';
import { DefaultPoolsStore } from './default-pools/default-pools.store.js';
import { GameFacts } from './games/game-facts.service.js';
import { GamesHandler } from './games/games.handler.js';
import { GamesService } from './games/games.service.js';
import { GamesStore } from './games/games.store.js';
import { AccessService } from './members/access.service.js';
import { MembersHandler } from './members/members.handler.js';
import { MembersService } from './members/members.service.js';
import { MembersStore } from './members/members.store.js';
import { Anonymizer } from './players/anonymizer.service.js';
import { AttemptsConsumer } from './players/attempts.consumer.js';
import { ContextsService } from './players/contexts.service.js';
import { ContextsStore } from './players/contexts.store.js';
import { FirstContactService } from './players/first-contact.service.js';
import { PlayerTraitsHandler } from './players/player-traits.handler.js';
import { PlayerTraitsService } from './players/player-traits.service.js';
import { PlayerTraitsStore } from './players/player-traits.store.js';
import { PlayersHandler } from './players/players.handler.js';
import { PlayersService } from './players/players.service.js';
import { PlayersStore } from './players/players.store.js';
import { RegistrationService } from './players/registration.service.js';
import { AccessTokensService } from './sessions/access-tokens.service.js';
import { AccessTokensStore } from './sessions/access-tokens.store.js';
import { BootstrapService } from './sessions/bootstrap.service.js';
import { BootstrapStore } from './sessions/bootstrap.store.js';
import { LoginFailuresStore } from './sessions/login-failures.store.js';
import { LoginService } from './sessions/login.service.js';
import { OperatorsService } from './sessions/operators.service.js';
import { PasswordHasher } from './sessions/password-hasher.js';
import { SessionsHandler } from './sessions/sessions.handler.js';
import { SessionsService } from './sessions/sessions.service.js';
import { SessionsStore } from './sessions/sessions.store.js';
import { StudiosHandler } from './studios/studios.handler.js';
import { StudiosService } from './studios/studios.service.js';
import { StudiosStore } from './studios/studios.store.js';

const players = [
  Anonymizer,
  ContextsService,
  ContextsStore,
  FirstContactService,
  PlayerTraitsService,
  PlayerTraitsStore,
  PlayersService,
  PlayersStore,
  RegistrationService,
];
const games = [
  ApiKeysService,
  ApiKeysStore,
  DefaultPools,
  DefaultPoolsStore,
  GameFacts,
  GamesService,
  GamesStore,
  StudiosService,
  StudiosStore,
];
const configuration = [AppliesService, AppliesStore, ApplyReaper, ApplySaga, Owners, PlanningService];
const members = [AccessService, AuditLog, AuditService, AuditStore, MembersService, MembersStore, OperatorActsService];
const sessions = [
  AccessTokensService,
  AccessTokensStore,
  BootstrapService,
  BootstrapStore,
  LoginFailuresStore,
  LoginService,
  OperatorsService,
  SessionsService,
  SessionsStore,
];

@Module({
  controllers: [
    ApiKeysHandler,
    AttemptsConsumer,
    AuditHandler,
    ConfigurationHandler,
    DefaultPoolsConsumer,
    GamesHandler,
    MembersHandler,
    OperatorActsConsumer,
    PlayersHandler,
    PlayerTraitsHandler,
    SessionsHandler,
    StudiosHandler,
  ],
  providers: [
    ...players,
    ...games,
    ...configuration,
    ...members,
    ...sessions,
    prismaProvider,
    { provide: PasswordHasher, useFactory: () => PasswordHasher.create() },
  ],
})
export class IdentityModule {}
