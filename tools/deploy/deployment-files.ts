import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';

const root = fileURLToPath(new URL('../..', import.meta.url));

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');
export const namesIn = (folder: string): string[] => readdirSync(join(root, folder)).sort();

/** The services of this repository: whatever has a folder in `apps/` and is no web page. */
export const services = namesIn('apps').filter((name) => name !== 'portal');

export interface ComposedService {
  image: string;
  environment?: Record<string, string>;
  stop_grace_period?: string;
  depends_on?: Record<string, unknown>;
}

export function composed(): Record<string, ComposedService> {
  return (parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, ComposedService> }).services;
}

export interface Variable {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef: { name: string; key: string } };
}

interface Probe {
  httpGet: { path: string; port: string };
}

export interface Container {
  image: string;
  env: Variable[];
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
}

export interface Manifest {
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  resources?: string[];
  spec: {
    selector?: { matchLabels: Record<string, string> };
    scaleTargetRef?: { kind: string; name: string };
    template: { spec: { terminationGracePeriodSeconds: number; containers: [Container] } };
  };
}

/** @throws Error with the parser's message for a file that is no YAML. */
export function manifests(): Manifest[] {
  const files = namesIn('deploy/kubernetes').filter((name) => name.endsWith('.yaml'));
  const documents = files.flatMap((file) => parseAllDocuments(read(`deploy/kubernetes/${file}`)));
  return documents.map((document) => {
    if ('errors' in document && document.errors[0]) throw document.errors[0];
    return document.toJS() as Manifest;
  });
}

export interface DocumentedVariable {
  name: string;
  secret: boolean;
  /** Not commented out: a process does not start without it. */
  required: boolean;
  default: string;
}

const ENTRY = /^# (?<description>.*)\n(?<optional># )?(?<name>[A-Z][A-Z0-9_]*)=(?<value>.*)$/gm;

/** What `.env.example` says a service reads: what every process does, and what is its own. */
export function variablesOf(service: string): DocumentedVariable[] {
  const withSchema = service === 'gateway' ? [] : ['Every process with a schema of its own'];
  const wanted = ['Every process', ...withSchema, service];
  const sections = read('.env.example').split(/^## /m).slice(1);
  return sections.filter((section) => wanted.includes(section.split('\n', 1)[0]!)).flatMap(entriesOf);
}

function entriesOf(text: string): DocumentedVariable[] {
  return [...text.matchAll(ENTRY)].map(({ groups }) => ({
    name: groups!['name']!,
    secret: /\(.*\bsecret\)$/.test(groups!['description']!),
    required: !groups!['optional'],
    default: groups!['value']!,
  }));
}

/** Names that an operator sets for docker compose. */
export function compositionVariables(): string[] {
  return [...read('deploy/compose.env.example').matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name!);
}

/** Names of the metrics that the source creates, with the series a histogram adds. */
export function metricsOfTheSource(): Set<string> {
  const sources = ['apps', 'libs'].flatMap((kind) =>
    namesIn(kind).flatMap((name) => sourcesBelow(`${kind}/${name}/src`)),
  );
  const created = sources.flatMap((path) => [
    ...read(path).matchAll(/\.(counter|gauge|histogram)\(\s*'([a-z][a-z0-9_]*)'/g),
  ]);
  return new Set(created.flatMap(([, kind, name]) => (kind === 'histogram' ? seriesOf(name!) : [name!])));
}

const seriesOf = (histogram: string): string[] => ['_bucket', '_sum', '_count'].map((suffix) => histogram + suffix);

function sourcesBelow(folder: string): string[] {
  const entries = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return entries
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
    .map((path) => `${folder}/${path}`);
}
