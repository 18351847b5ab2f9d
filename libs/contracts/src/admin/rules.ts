import { ValidateBy, buildMessage } from 'class-validator';
import type { Issue } from '../failures/index.js';
import { isStorable, keyPattern, limits } from '../common/index.js';

/** Bounds of `/admin/v1` (04 §§1–4). */
export const adminLimits = {
  nameCharactersMax: 80,
  reasonCharactersMin: 3,
  /** Longer ones are nobody's, and need not travel to be refused. */
  emailCharactersMax: 254,
  secretCharactersMax: 512,
  tokenDaysMax: 365,
  tokenGamesMax: 200,
  /** Requests a minute nobody means to allow; above it a limit is a typing error. */
  rateLimitMax: 100_000_000,
  /** A note beside a review. */
  noteCharactersMax: 1_000,
  filterCharactersMax: 200,
  cursorCharactersMax: 200,
} as const;

/** 1–80 characters after trimming. Issue code: `length`. */
export function IsName(): PropertyDecorator {
  const { nameCharactersMax: max } = adminLimits;
  return textRule('isName', 'length', `must have 1 to ${max} characters`, (text) => hasLength(text, 1, max));
}

/** A key for portal URLs. Issue code: `format`. */
export function IsSlug(): PropertyDecorator {
  return textRule('isSlug', 'format', 'must be a key', (text) => keyPattern.test(text));
}

/** 3–200 characters after trimming (04 §1). Issue code: `length`. */
export function IsReason(): PropertyDecorator {
  const [min, max] = [adminLimits.reasonCharactersMin, limits.reasonCharactersMax];
  return textRule('isReason', 'length', `must have ${min} to ${max} characters`, (text) => hasLength(text, min, max));
}

/** A text of at most so many characters that the database can keep. Issue code: `length`. */
export function IsText(charactersMax: number): PropertyDecorator {
  const message = `must be a text of at most ${charactersMax} characters`;
  return textRule('isText', 'length', message, (text) => text.length <= charactersMax);
}

function hasLength(text: string, min: number, max: number): boolean {
  const length = [...text.trim()].length;
  return length >= min && length <= max;
}

function textRule(
  name: string,
  code: Issue['code'],
  message: string,
  holds: (text: string) => boolean,
): PropertyDecorator {
  const validate = (value: unknown) => typeof value === 'string' && isStorable(value) && holds(value);
  const defaultMessage = buildMessage(() => `$property ${message}`);
  return ValidateBy({ name, validator: { validate, defaultMessage } }, { context: { code } });
}
