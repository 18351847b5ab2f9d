import type {
  consumeItem,
  debitWallet,
  InventoryStreamEvent,
  listInventory,
  listWallet,
  progressWallet,
  readCatalog,
} from '@kraty/contracts/economy';
import type { finishAttempt, listEvents, reportProgress, startAttempt } from '@kraty/contracts/events';
import type { ErrorEnvelope } from '@kraty/contracts/failures';
import type { claimGrant, listPendingGrants, openCrate, selfGrant } from '@kraty/contracts/grants';
import type { registerPlayer } from '@kraty/contracts/identity';
import type {
  BoardPeriods,
  DefinedBoard,
  describeStream,
  EventBoard,
  Standings,
  StreamFrame,
  SubmittedScore,
} from '@kraty/contracts/leaderboards';
import type { RequestRoute } from '@kraty/contracts/messages';
import type { PingReply, ServerTime } from '@kraty/contracts/sdk';

/** What the context behind a request answers. */
type ReplyOf<Route> = Route extends RequestRoute<unknown, infer Reply> ? Reply : never;

/** The success envelope (01 §5). */
type Data<T> = { data: T };

/** The components that replies are made of, under the names of 01 §13; their schemas are made from these types. */
export interface Replies {
  ErrorResponse: ErrorEnvelope;
  PingResponse: PingReply;
  ServerPingResponse: PingReply;
  TimeResponse: Data<ServerTime>;
  OpenApiDocument: { openapi: string; [field: string]: unknown };
  EventsListResponse: Data<ReplyOf<typeof listEvents>>;
  StartAttemptResponse: Data<ReplyOf<typeof startAttempt>>;
  ProgressResponse: Data<ReplyOf<typeof reportProgress>>;
  FinishAttemptResponse: Data<ReplyOf<typeof finishAttempt>>;
  LeaderboardResponse: Data<EventBoard>;
  AnyLeaderboardResponse: Data<EventBoard | DefinedBoard>;
  DefinedLeaderboardResponse: Data<DefinedBoard>;
  LeaderboardStandingsResponse: Data<Standings>;
  LeaderboardPeriodsResponse: Data<BoardPeriods>;
  SubmitScoreResponse: Data<SubmittedScore>;
  LeaderboardStreamEvent:
    | { event: 'ready'; data: ReplyOf<typeof describeStream> }
    | StreamFrame
    | { event: 'closed'; data: { leaderboardId: string; finalized: true } };
  PendingGrantsResponse: Data<ReplyOf<typeof listPendingGrants>>;
  ClaimGrantResponse: Data<ReplyOf<typeof claimGrant>>;
  OpenCrateResponse: Data<ReplyOf<typeof openCrate>>;
  SelfGrantResponse: Data<ReplyOf<typeof selfGrant>>;
  RegisterPlayerResponse: Data<ReplyOf<typeof registerPlayer>>;
  InventoryListResponse: Data<ReplyOf<typeof listInventory>>;
  ConsumeItemResponse: Data<ReplyOf<typeof consumeItem>>;
  WalletListResponse: Data<ReplyOf<typeof listWallet>>;
  DebitWalletResponse: Data<ReplyOf<typeof debitWallet>>;
  ProgressWalletResponse: Data<ReplyOf<typeof progressWallet>>;
  InventoryStreamEvent: InventoryStreamEvent;
  CatalogResponse: Data<ReplyOf<typeof readCatalog>['catalog']>;
}
