import type { Environment } from '../common/index.js';
import type { PermissionSet } from '../identity/index.js';

/** What a key may do (01 §2). */
export interface ApiKeyInfo {
  id: string;
  prefix: string;
  permissionSet: PermissionSet;
  environment: Environment;
  studioId: string;
  gameId: string | null;
}

/** The whole reply of both pings: libraries read it bare, the vendor's tests in an envelope (02 §1). */
export interface PingReply {
  ok: true;
  apiKey: ApiKeyInfo;
  data: { ok: true; apiKey: ApiKeyInfo };
}
