import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '../bootstrap/index.js';
import { type ConfigurationClass, describeConfiguration, type VariableDescription } from './index.js';

const root = new URL('../../../../', import.meta.url);

/** `NAME=value`, or `# NAME=value` for what may stay out. */
const variableLine = /^(?:# )?([A-Z][A-Z0-9_]*)=(.*)$/;

function example(): Map<string, string> {
  const lines = readFileSync(new URL('.env.example', root), 'utf8').split('\n');
  const matches = lines.map((line) => variableLine.exec(line)).filter((match) => match !== null);
  return new Map(matches.map(([, name, value]) => [name!, value!]));
}

async function configurationClasses(): Promise<ConfigurationClass[]> {
  const found: ConfigurationClass[] = [];
  for (const app of readdirSync(new URL('apps/', root))) {
    const index = new URL(`apps/${app}/src/index.ts`, root);
    if (!existsSync(index)) continue;
    // One after the other: jest's loader of ES modules loses its way when two imports share a part of their graph.
    const exports = (await import(fileURLToPath(index))) as object;
    found.push(
      ...Object.values(exports)
        .filter(isServiceDefinition)
        .map((service) => service.configuration),
    );
  }
  return found;
}

function isServiceDefinition(exported: unknown): exported is ServiceDefinition {
  return typeof exported === 'object' && exported !== null && 'configuration' in exported && 'module' in exported;
}

describe('.env.example', () => {
  let known: Map<string, VariableDescription>;
  let sut: Map<string, string>;

  beforeAll(async () => {
    const described = (await configurationClasses()).flatMap((configuration) => describeConfiguration(configuration));
    known = new Map(described.map((variable) => [variable.name, variable]));
    sut = example();
  });

  it('names every variable that a service reads, and no other', () => {
    expect([...sut.keys()].toSorted()).toEqual([...known.keys()].toSorted());
  });

  it('shows the defaults that apply in production', () => {
    const defaults = [...known.values()].filter((variable) => variable.default !== undefined);
    const shown = defaults.map(({ name }) => [name, sut.get(name)]);
    expect(shown).toEqual(defaults.map((variable) => [variable.name, variable.default]));
  });

  it('gives no value to a secret that has no default', () => {
    const secrets = [...known.values()].filter((variable) => variable.secret && variable.default === undefined);
    expect(secrets.map(({ name }) => sut.get(name))).toEqual(secrets.map(() => ''));
  });
});
