/** Text that is JSON already: a recorded or cached answer is sent as it is, never parsed and written again. */
export class RawJson {
  constructor(readonly text: string) {}
}

export const rawJson = (text: string): RawJson => new RawJson(text);

export interface ReplyOptions {
  /** HTTP status the gateway answers with; 200 when absent. */
  status?: number;
  /** The recorded answer of an earlier call with the same idempotency key. */
  replayed?: boolean;
}

/** What a handler returns when its answer is more than a body with status 200. */
export class Reply<R> {
  constructor(
    readonly body: R | RawJson,
    readonly options: ReplyOptions,
  ) {}
}

export function reply(body: RawJson, options?: ReplyOptions): Reply<never>;
export function reply<R>(body: R, options?: ReplyOptions): Reply<R>;
export function reply<R>(body: R | RawJson, options: ReplyOptions = {}): Reply<R> {
  return new Reply<R>(body, options);
}

/** An answer as it came, for callers who pass the bytes on. */
export interface RawReply {
  status: number;
  replayed: boolean;
  /** JSON of the reply's body. */
  bytes: Uint8Array;
}
