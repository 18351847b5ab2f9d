import { isStorable, limits } from '@kraty/contracts/common';
import type { Issue } from '@kraty/contracts/failures';
import { Composer, CST, isScalar, Lexer, LineCounter, Parser, stringify, visit, type Document } from 'yaml';

/** Values of all kinds in one document: a bound against documents that are small as text and large as objects. */
const valuesMax = 500_000;
/** Objects and lists among them: each is checked field by field, and nobody else is served meanwhile. */
const objectsMax = 150_000;
/** Marks and words of a YAML text; reading more would keep everybody else waiting for seconds. JSON has no such bound. */
const lexemesMax = 600_000;
/** Mistakes told of one YAML text; with these the reading ends, for a page of quotation marks has half a million. */
const mistakesMax = 50;
/** Fields that the language reads of every object; class-transformer takes a `constructor` at its word and crashes. */
const dangerousNames: ReadonlySet<string> = new Set(['__proto__', 'constructor']);

/** Where the library has found a mistake. */
type MistakeSource = number | readonly [number, number, ...unknown[]] | { offset: number };

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
  const yaml = compose(text);
  if (Array.isArray(yaml)) return { issues: yaml };
  const odd = keyProblem(yaml);
  return odd === null ? { value: yaml.toJS() as unknown } : { issues: [odd] };
}

/**
 * The one document of a text, or the first mistakes in it. The library itself gathers them without end and describes each
 * by the whole of its line: a megabyte of quotation marks took it many minutes.
 */
function compose(text: string): Document | Issue[] {
  const lines = new LineCounter();
  const mistakes: Issue[] = [];
  const mistake = (source: MistakeSource, message: string): void => {
    const at = typeof source === 'number' ? source : 'offset' in source ? source.offset : source[0];
    const { line, col } = lines.linePos(at);
    mistakes.push(issue('format', `${message.slice(0, 200)} at line ${line}, column ${col}`));
    if (mistakes.length >= mistakesMax) throw new Error('enough mistakes');
  };
  // The library's own look for equal keys compares each with each, which takes minutes for a long map.
  const composer = new Composer({ uniqueKeys: false, resolveKnownTags: false, version: '1.2', schema: 'core' });
  Object.assign(composer, {
    onError: (source: MistakeSource, _code: string, message: string, isWarning?: boolean) =>
      isWarning === true ? undefined : mistake(source, message),
  });
  try {
    const [document] = [...composer.compose(soundTokens(text, lines, mistake), true, text.length)];
    return mistakes.length > 0 ? mistakes : document!;
  } catch (error) {
    // The library may catch what is thrown here, and throw a mistake of its own on the way.
    if (mistakes.length >= mistakesMax) return mistakes.slice(0, mistakesMax);
    throw error;
  }
}

/** The parts of a text without those that are none, and without further documents. */
function* soundTokens(text: string, lines: LineCounter, mistake: (at: number, message: string) => void) {
  const seen = new Set<string>();
  for (const token of new Parser(lines.addNewLine).parse(text)) {
    const isFurther = token.type === 'document' || token.type === 'doc-end' ? seen.has(token.type) : false;
    seen.add(token.type);
    if (token.type === 'error') mistake(token.offset, token.message);
    else if (isFurther) mistake(token.offset, 'holds more than one document');
    else if (token.type === 'doc-end' && !seen.has('document')) mistake(token.offset, 'ends before it begins');
    else yield token;
  }
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
