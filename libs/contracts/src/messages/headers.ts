/** Header names of our messages on NATS: a written contract. */
export const messageHeaders = {
  /** Epoch milliseconds after which nobody waits for the reply any more. */
  deadline: 'Kraty-Deadline',
  requestId: 'Kraty-Request-Id',
  /** HTTP status of a reply; absent = 200. */
  status: 'Kraty-Status',
  /** `1` when the reply is the recorded one of an earlier call. */
  replayed: 'Kraty-Replayed',
  /** `1` when the reply's body is a FailureWire. */
  failure: 'Kraty-Failure',
  /** `1` when the payload is a bundle: several requests to one subject, or several replies to one asker. */
  bundle: 'Kraty-Bundle',
  /** Subject to which consumers report an applied envelope. */
  appliedTo: 'Kraty-Applied-To',
  traceparent: 'traceparent',
} as const;
