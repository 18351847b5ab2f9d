import type { Messenger } from '@kraty/platform/messaging';

/**
 * A fact is published at least once: what stays unmarked for two seconds is published again by the relay, and the
 * broker's stream drops it, but a listener without a consumer hears it. From now on the listeners of a messenger hear
 * each fact once, so that a test that counts them counts what has happened.
 */
export function hearEachFactOnce(messenger: Messenger): Messenger {
  const onFact = messenger.onFact.bind(messenger);
  messenger.onFact = (type, callback) => {
    const heard = new Set<string>();
    return onFact(type, (fact) => {
      if (heard.has(fact.id)) return;
      heard.add(fact.id);
      callback(fact);
    });
  };
  return messenger;
}
