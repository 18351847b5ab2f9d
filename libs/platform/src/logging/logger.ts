import { trace } from '@opentelemetry/api';
import {
  type DestinationStream,
  destination as fileDestination,
  type Logger as Pino,
  type LoggerOptions as PinoOptions,
  pino,
  stdTimeFunctions,
} from 'pino';
import { describeError, redactFields, redactText } from './redaction.js';
import { currentRequestId } from './current-request.js';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];
type WritingLevel = Exclude<LogLevel, 'silent'>;

/** Fields of a log line; an error goes under `err`. */
export type LogFields = Record<string, unknown>;

export interface LoggerOptions {
  service: string;
  level?: LogLevel;
  /** Where lines go; standard output unless told. */
  destination?: DestinationStream;
}

/** One JSON object a line, with the service, the trace and the request it belongs to, and without secrets. */
export class Logger {
  private constructor(private readonly pino: Pino) {}

  static create(options: LoggerOptions): Logger {
    const destination = options.destination ?? fileDestination({ fd: 1, sync: true });
    return new Logger(pino(pinoOptions(options), destination));
  }

  /** For parts that are built without a service, in tests above all. */
  static silent(): Logger {
    return Logger.create({ service: 'silent', level: 'silent' });
  }

  /** A logger whose every line carries `fields`. */
  child(fields: LogFields): Logger {
    return new Logger(this.pino.child(redactFields(fields)));
  }

  isEnabled(level: WritingLevel): boolean {
    return this.pino.isLevelEnabled(level);
  }

  fatal(fields: LogFields | string, message?: string): void {
    this.write('fatal', fields, message);
  }

  error(fields: LogFields | string, message?: string): void {
    this.write('error', fields, message);
  }

  warn(fields: LogFields | string, message?: string): void {
    this.write('warn', fields, message);
  }

  info(fields: LogFields | string, message?: string): void {
    this.write('info', fields, message);
  }

  debug(fields: LogFields | string, message?: string): void {
    this.write('debug', fields, message);
  }

  trace(fields: LogFields | string, message?: string): void {
    this.write('trace', fields, message);
  }

  private write(level: WritingLevel, fields: LogFields | string, message = ''): void {
    if (!this.pino.isLevelEnabled(level)) return;
    if (typeof fields === 'string') this.pino[level](redactText(fields));
    else this.pino[level](fields, redactText(message));
  }
}

function pinoOptions(options: LoggerOptions): PinoOptions {
  return {
    level: options.level ?? 'info',
    base: { service: options.service },
    timestamp: stdTimeFunctions.isoTime,
    messageKey: 'message',
    mixin: currentFields,
    serializers: { err: describeError },
    formatters: { level: (label) => ({ level: label }), log: redactFields },
  };
}

/** Called for lines that are written, not for those below the level. */
function currentFields(): LogFields {
  const fields: LogFields = {};
  const requestId = currentRequestId();
  if (requestId) fields['request_id'] = requestId;
  const span = trace.getActiveSpan()?.spanContext();
  if (!span) return fields;
  fields['trace_id'] = span.traceId;
  fields['span_id'] = span.spanId;
  return fields;
}
