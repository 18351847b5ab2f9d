const CENSORED = '[redacted]';
/** Deeper values are cut: a log line is no place for whole documents. */
const DEPTH_MAX = 8;
/** Names are compared without case, dashes and underscores, by their end: `x-player-secret`, `accessToken`, `DATABASE_URL`. */
const SECRET_NAME =
  /(authorization|cookie|secret|password|passwd|token|apikey|masterkey|privatekey|databaseurl|redisurl|natsurl)s?$/;
/** The password of `scheme://user:password@host`. */
const URL_PASSWORD = /(\w+:\/\/[^\s:/@]*):[^\s@]+@/g;

export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.toLowerCase().replace(/[-_]/g, ''));
}

/** Takes the passwords out of connection strings inside a text. */
export function redactText(text: string): string {
  return text.includes('://') ? text.replace(URL_PASSWORD, `$1:${CENSORED}@`) : text;
}

/** A copy of `fields` in which no value of a secret name is left, at any depth. Errors are kept for their serializer. */
export function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  return redactObject(fields, 0);
}

function redactObject(object: Record<string, unknown>, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) {
    copy[name] = isSecretName(name) && value !== undefined ? CENSORED : redactValue(value, depth + 1);
  }
  return copy;
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return depth === 1 ? value : describeError(value);
  if (value instanceof Date) return value;
  if (depth > DEPTH_MAX) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  if (value instanceof Map) return redactObject(Object.fromEntries(value), depth);
  return redactObject(value as Record<string, unknown>, depth);
}

export interface ErrorDescription {
  type: string;
  message: string;
  stack?: string;
  code?: string;
  cause?: ErrorDescription;
}

/**
 * What of an error is logged. Named fields only: drivers hang queries, parameters and whole configurations, with
 * passwords in them, on the errors they throw.
 */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { type: typeof error, message: redactText(String(error)) };
  const description: ErrorDescription = { type: error.name, message: redactText(error.message) };
  if (error.stack) description.stack = redactText(error.stack);
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string') description.code = code;
  if (error.cause !== undefined && depth < DEPTH_MAX) description.cause = describeError(error.cause, depth + 1);
  return description;
}
