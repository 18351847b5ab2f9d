/** A prepared statement: PostgreSQL parses and plans it once a connection. */
export interface Statement {
  /** Unique in the service. */
  readonly name: string;
  readonly text: string;
}

/** PostgreSQL cuts longer names off, and two that differ only then would be one. */
const nameBytesMax = 63;

const textsByName = new Map<string, string>();

/**
 * Declares a prepared statement. The driver tells statements apart by name alone, so one name may not stand for two
 * texts; services that share a process have connections of their own, but names are kept apart all the same.
 */
export function statement(name: string, text: string): Statement {
  const known = textsByName.get(name);
  if (known === undefined) textsByName.set(name, text);
  const unique = known === undefined || known === text ? name : `${name}#${digestOf(text)}`;
  if (Buffer.byteLength(unique) > nameBytesMax) throw new RangeError(`${unique} is too long to name a statement`);
  return { name: unique, text };
}

/** FNV-1a, 32 bits: enough to tell a few texts of one name apart. */
function digestOf(text: string): string {
  let digest = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) digest = Math.imul(digest ^ text.charCodeAt(at), 0x01000193);
  return (digest >>> 0).toString(36);
}
