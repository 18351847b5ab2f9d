import type { Environment } from '../common/index.js';
import type { PermissionSet } from '../identity/index.js';

/** What a key may do; the reply of both pings (01 §2). */
export interface ApiKeyInfo {
  id: string;
  prefix: string;
  permissionSet: PermissionSet;
  environment: Environment;
  studioId: string;
  gameId: string | null;
}
