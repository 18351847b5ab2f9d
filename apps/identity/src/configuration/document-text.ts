import { isStorable, limits } from '@kraty/contracts/common';
import type { Issue } from '@kraty/contracts/failures';
import { CST, isScalar, Lexer, parseDocument, stringify, visit, type Document } from 'yaml';

/** Values of all kinds in one document: a bound against documents that are small as text and large as objects. */
const valuesMax = 500_000;
/** Objects and lists among them: each is checked field by field, and nobody else is served meanwhile. */
const objectsMax = 150_000;
/** Marks and words of a YAML text; reading more would keep everybody else waiting for seconds. JSON has no such bound. */
const lexemesMax = 600_000;
/** Fields that the language reads of every object; class-transformer takes a `constructor` at its word and crashes. */
const dangerousNames: ReadonlySet<string> = new Set(['__proto__', 'constructor']);

/** The document as an object, or everything that keeps it from being one. */
export type ReadDocument = { document: Record<string, unknown> } | { issues: Issue[] };

/** Reads YAML or JSON text, or takes an object that was parsed before; bounded in size, depth and number of values. */
export function readDocument(input: unknown): ReadDocument {
  const read = typeof input === 'string' ? parse(input) : { value: input };
  if ('issues' in read) return read;
  const { value } = read;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong('type', 'must be an object');
  const problem = boundsProblem(value);
  return problem === null ? { document: value as Record<string, unknown> } : { issues: [problem] };
}

function parse(text: string): { value: unknown } | { issues: Issue[] } {
  if (Buffer.byteLength(text) > limits.configurationBodyBytesMax) return wrong('length', 'is too large');
  try {
    // JSON is YAML, too, but its own parser is many times faster.
    return /^\s*\{/.test(text) ? { value: JSON.parse(text) as unknown } : parseYaml(text);
  } catch (error) {
    return wrong('format', error instanceof RangeError ? 'is nested too deeply' : firstLine(error));
  }
}

function parseYaml(text: string): { value: unknown } | { issues: Issue[] } {
  const problem = lexicalProblem(text);
  if (problem !== null) return { issues: [problem] };
  // The library's own look for equal keys compares each with each, which takes minutes for a long map.
  const yaml = parseDocument(text, { uniqueKeys: false, resolveKnownTags: false, version: '1.2', schema: 'core' });
  if (yaml.errors.length > 0) {
    return { issues: yaml.errors.slice(0, 50).map((error) => issue('format', firstLine(error))) };
  }
  const odd = keyProblem(yaml);
  return odd === null ? { value: yaml.toJS() as unknown } : { issues: [odd] };
}

/** What can be refused before anything is built: a few aliases of aliases make gigabytes of a page. */
function lexicalProblem(text: string): Issue | null {
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    count += 1;
    if (count > lexemesMax) return issue('length', 'is too long for YAML; send it as JSON');
    const type = CST.tokenType(lexeme);
    if (type === 'alias' || type === 'anchor') return issue('unsupported', 'must not use aliases');
    if (type === 'tag') return issue('unsupported', 'must not use tags');
  }
  return null;
}

/** A key that is no text, or that stands twice in its map. */
function keyProblem(yaml: Document): Issue | null {
  let problem: Issue | null = null;
  visit(yaml, {
    Map: (_, { items }) => {
      const seen = new Set<string>();
      for (const { key } of items) {
        const name = isScalar(key) ? String(key.value) : null;
        if (name === null) problem = issue('format', 'must have texts as keys');
        else if (seen.has(name)) problem = issue('format', `holds the key ${name.slice(0, 64)} twice`);
        if (problem !== null) return visit.BREAK;
        seen.add(name!);
      }
      return undefined;
    },
  });
  return problem;
}

/** Null when the object stays within the bounds; the walk itself needs no stack. */
function boundsProblem(root: object): Issue | null {
  const open: { value: object; depth: number }[] = [{ value: root, depth: 1 }];
  for (let seen = 0, objects = 0; open.length > 0;) {
    const { value, depth } = open.pop()!;
    objects += 1;
    if (objects > objectsMax) return issue('length', `holds more than ${objectsMax} objects and lists`);
    if (depth > limits.jsonDepthMax) return issue('length', `is nested deeper than ${limits.jsonDepthMax} levels`);
    for (const [name, inner] of Object.entries(value)) {
      seen += 1;
      if (seen > valuesMax) return issue('length', `holds more than ${valuesMax} values`);
      if (dangerousNames.has(name)) return issue('format', `must not hold the field ${name}`);
      if (!isStorable(name) || (typeof inner === 'string' && !isStorable(inner)))
        return issue('format', 'must not contain NUL or half of a surrogate pair');
      if (typeof inner === 'number' && !Number.isFinite(inner)) return issue('range', 'holds a number without end');
      if (typeof inner === 'object' && inner !== null) open.push({ value: inner as object, depth: depth + 1 });
    }
  }
  return null;
}

/** The canonical text of a document: two spaces, LF, no line is folded. */
export function writeDocument(document: object, format: 'yaml' | 'json'): string {
  if (format === 'json') return `${JSON.stringify(document, null, 2)}\n`;
  return stringify(document, { indent: 2, lineWidth: 0, aliasDuplicateObjects: false, version: '1.2', schema: 'core' });
}

function wrong(code: Issue['code'], message: string): { issues: Issue[] } {
  return { issues: [issue(code, message)] };
}

function issue(code: Issue['code'], message: string): Issue {
  return { path: '', code, message };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 300);
}
