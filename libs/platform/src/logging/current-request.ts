import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line of one request shares. Tenant and transaction are arguments and never travel here. */
export interface CurrentRequest {
  readonly requestId: string;
}

const storage = new AsyncLocalStorage<CurrentRequest>();

/** Runs `work`, and all it awaits, under the given request id. */
export function runInRequest<T>(request: CurrentRequest, work: () => T): T {
  return storage.run(request, work);
}

export function currentRequestId(): string | undefined {
  return storage.getStore()?.requestId;
}
