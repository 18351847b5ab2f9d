import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line of one request shares. Tenant and transaction are arguments and never travel here. */
export interface CurrentRequest {
  readonly requestId: string;
}

const storage = new AsyncLocalStorage<CurrentRequest | undefined>();

/** Runs `work`, and all it awaits, under the given request id; under none, whatever runs now, when there is none. */
export function runInRequest<T>(request: CurrentRequest | undefined, work: () => T): T {
  return storage.run(request, work);
}

export function currentRequestId(): string | undefined {
  return storage.getStore()?.requestId;
}
