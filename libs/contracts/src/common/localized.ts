import { ValidateBy, buildMessage, type ValidationOptions } from 'class-validator';
import { isPlainObject } from './validators.js';
import type { Localized } from './values.js';

const localizedCharactersMax = 500;
const localesMax = 100;
const localePattern = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,7}$/;

/** A text of 1–500 characters, or a map of BCP-47 tags to such texts (04 §1). */
export function isLocalized(value: unknown): value is Localized {
  if (typeof value === 'string') return isLocalizedText(value);
  if (!isPlainObject(value)) return false;
  const texts = Object.entries(value);
  if (texts.length < 1 || texts.length > localesMax) return false;
  return texts.every(([locale, text]) => localePattern.test(locale) && isLocalizedText(text));
}

function isLocalizedText(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= localizedCharactersMax;
}

/** A text or a text per locale. Issue code: `length`. */
export function IsLocalized(options?: ValidationOptions): PropertyDecorator {
  const message = `$property must be a text of 1 to ${localizedCharactersMax} characters, or a map of language tags to such texts`;
  return ValidateBy(
    {
      name: 'isLocalized',
      validator: { validate: isLocalized, defaultMessage: buildMessage((prefix) => prefix + message, options) },
    },
    options,
  );
}
