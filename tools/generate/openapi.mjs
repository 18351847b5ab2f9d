/** The OpenAPI documents of the gateway: `docs/openapi/openapi.<surface>.json`. */
import { join } from 'node:path';
import { jsonSchemaOf } from './lib/json-schema.mjs';
import { exportsOf, programOf } from './lib/program.mjs';

export const name = 'openapi';
export const owns = ['docs/openapi'];

export async function produce(root) {
  const { openApiDocument } = await import(join(root, 'apps/gateway/dist/openapi/document.js'));
  const schemas = replySchemas(root);
  return new Map(
    ['sdk', 'server'].map((surface) => [
      `docs/openapi/openapi.${surface}.json`,
      `${JSON.stringify(openApiDocument(surface, schemas))}\n`,
    ]),
  );
}

/** Schemas of every member of `Replies`, and of the types they name, as components. */
function replySchemas(root) {
  const file = join(root, 'apps/gateway/src/openapi/replies.ts');
  const program = programOf(root, [file]);
  const checker = program.getTypeChecker();
  const replies = exportsOf(program, file).find((symbol) => symbol.name === 'Replies');
  const schemas = {};
  for (const member of checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(replies))) {
    const { schema, definitions } = jsonSchemaOf(checker, checker.getTypeOfSymbol(member));
    Object.assign(schemas, definitions, { [member.name]: schema });
  }
  return JSON.parse(JSON.stringify(schemas).replaceAll('"#/$defs/', '"#/components/schemas/'));
}
