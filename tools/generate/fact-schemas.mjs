/** JSON Schemas of every fact's payload, made from the types of the contract: `docs/facts/<subject>.json`. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { jsonSchemaOf } from './lib/json-schema.mjs';
import { exportsOf, programOf } from './lib/program.mjs';

export const name = 'fact-schemas';
export const owns = ['docs/facts'];

export async function produce(root) {
  const folders = contractFolders(root);
  const program = programOf(
    root,
    folders.map((folder) => join(root, 'libs/contracts/src', folder, 'index.ts')),
  );
  const schemas = await Promise.all(folders.map((folder) => schemasOf(root, program, folder)));
  return new Map(schemas.flat().map((schema) => [`docs/facts/${schema.$id}.json`, `${JSON.stringify(schema)}\n`]));
}

const contractFolders = (root) =>
  readdirSync(join(root, 'libs/contracts/src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();

/** The compiled module knows the subject, the program knows the type; the export's name joins them. */
async function schemasOf(root, program, folder) {
  const values = await import(join(root, 'libs/contracts/dist', folder, 'index.js'));
  const checker = program.getTypeChecker();
  return exportsOf(program, join(root, 'libs/contracts/src', folder, 'index.ts'))
    .map((symbol) => ({ value: values[symbol.name], payload: payloadType(checker, symbol) }))
    .filter(({ payload }) => payload)
    .map(({ value, payload }) => schemaOf(checker, value, payload));
}

function payloadType(checker, symbol) {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  if (!(target.flags & ts.SymbolFlags.Variable)) return undefined;
  const type = checker.getTypeOfSymbol(target);
  return type.symbol?.name === 'FactType' ? checker.getTypeArguments(type)[0] : undefined;
}

function schemaOf(checker, fact, payload) {
  const { schema, definitions } = jsonSchemaOf(checker, payload);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: fact.subject,
    title: `Payload of ${fact.subject}`,
    'x-carries': fact.carries,
    'x-partitions': fact.partitions,
    ...schema,
    ...(Object.keys(definitions).length > 0 ? { $defs: definitions } : {}),
  };
}
