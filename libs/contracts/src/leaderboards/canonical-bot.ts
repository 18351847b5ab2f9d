import { canonicalJson, canonicalText } from '../configuration/canonical.js';
import type { BotConfiguration, IdentityPoolConfiguration } from './bots.js';

/** A bot as a document states it: fixed field order, defaults left out (04 §12). */
export function canonicalBot({
  key,
  name,
  description,
  tags,
  behavior,
  identityPoolKey,
}: BotConfiguration): BotConfiguration {
  return {
    key,
    name: canonicalText(name),
    ...(description && { description }),
    ...(tags && tags.length > 0 && { tags: [...tags] }),
    // A behavior may be anything an object can be: an invalid bot is kept.
    behavior: canonicalJson(behavior as never) as never,
    ...(identityPoolKey && { identityPoolKey }),
  };
}

/** An identity pool as a document states it; the order of its entries says something. */
export function canonicalPool({ key, name, entries }: IdentityPoolConfiguration): IdentityPoolConfiguration {
  return {
    key,
    name: canonicalText(name),
    entries: entries.map(({ name: given, avatar, country }) => ({
      name: given,
      ...(avatar && { avatar }),
      ...(country && { country }),
    })),
  };
}
