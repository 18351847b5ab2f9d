import { Controller } from '@nestjs/common';
import type { Environment } from '@kraty/contracts/common';
import {
  createApiKey,
  listApiKeys,
  resolveApiKey,
  revokeApiKey,
  touchApiKeys,
  updateApiKey,
  type CreateApiKey,
  type RateLimits,
} from '@kraty/contracts/identity';
import { HandleRequest } from '@kraty/platform/messaging';
import { ApiKeysService, type KeysOfGame } from './api-keys.service.js';

@Controller()
export class ApiKeysHandler {
  constructor(private readonly keys: ApiKeysService) {}

  @HandleRequest(resolveApiKey)
  async resolve({ prefix }: { prefix: string }) {
    return { key: await this.keys.resolve(prefix) };
  }

  @HandleRequest(touchApiKeys)
  async touch({ keyIds }: { keyIds: string[] }) {
    return { touched: await this.keys.touch(keyIds) };
  }

  @HandleRequest(listApiKeys)
  list({
    environment,
    status,
    ...call
  }: KeysOfGame & { environment: Environment | null; status: 'active' | 'revoked' | null }) {
    return this.keys.list(call, environment, status);
  }

  @HandleRequest(createApiKey)
  create(call: CreateApiKey) {
    return this.keys.create(call);
  }

  @HandleRequest(updateApiKey)
  update(call: KeysOfGame & { keyId: string; name?: string; rateLimits?: RateLimits | null }) {
    return this.keys.update(call);
  }

  @HandleRequest(revokeApiKey)
  async revoke(call: KeysOfGame & { keyId: string; reason: string }) {
    await this.keys.revoke(call);
    return {};
  }
}
