import { headers as newHeaders, type Msg, type MsgHdrs } from '@nats-io/transport-node';
import { messageHeaders, type FactEnvelope } from '@kraty/contracts/messages';

const decoder = new TextDecoder();
const noHeaders = newHeaders();
/** `$JS.ACK.<stream>.<consumer>.<delivered>…`; later brokers put domain and account before the stream. */
const tokensShort = 9;
const deliveredAt = { short: 4, long: 6 } as const;

/** One envelope as the broker handed it to us, and what we can say back about it. */
export class Delivery {
  readonly takenAtMs = performance.now();
  /** Null when the message cannot be read; redelivery cannot repair that. */
  readonly envelope: FactEnvelope | null;
  private fateDecided = false;

  constructor(private readonly message: Msg) {
    this.envelope = readEnvelope(message);
  }

  get subject(): string {
    return this.message.subject;
  }

  get text(): string {
    return decoder.decode(this.message.data);
  }

  get headers(): MsgHdrs {
    return this.message.headers ?? noHeaders;
  }

  get factCount(): number {
    return this.envelope?.facts.length ?? 1;
  }

  /** 1 for the first time. */
  get count(): number {
    const tokens = (this.message.reply ?? '').split('.');
    return Number(tokens[tokens.length === tokensShort ? deliveredAt.short : deliveredAt.long]);
  }

  /** The same in every delivery of this message, other than for any other message of its stream. */
  get streamPosition(): string {
    const tokens = (this.message.reply ?? '').split('.');
    return tokens[tokens.length === tokensShort ? deliveredAt.short + 1 : deliveredAt.long + 1] ?? '';
  }

  get appliedTo(): string | undefined {
    return this.message.headers?.get(messageHeaders.appliedTo) || undefined;
  }

  /** True once the broker was told what becomes of it. */
  get settled(): boolean {
    return this.fateDecided;
  }

  ack(): void {
    this.fateDecided = true;
    this.message.respond('+ACK');
  }

  /** Hand it out again after a while, or at once to another instance. */
  again(afterMs = 0): void {
    this.fateDecided = true;
    this.message.respond(afterMs === 0 ? '-NAK' : `-NAK {"delay":${Math.round(afterMs) * 1_000_000}}`);
  }

  /** Still at work: the broker's acknowledgement clock starts anew. */
  working(): void {
    this.message.respond('+WPI');
  }
}

function readEnvelope(message: Msg): FactEnvelope | null {
  try {
    const value: unknown = JSON.parse(decoder.decode(message.data));
    return isEnvelope(value) ? value : null;
  } catch {
    return null;
  }
}

function isEnvelope(value: unknown): value is FactEnvelope {
  if (typeof value !== 'object' || value === null) return false;
  const { id, facts } = value as Partial<FactEnvelope>;
  return typeof id === 'string' && Array.isArray(facts) && facts.length > 0 && facts.every(isFact);
}

function isFact(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as { id?: unknown }).id === 'string';
}
