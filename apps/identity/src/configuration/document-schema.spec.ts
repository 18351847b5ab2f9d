import { sectionOwners, sectionsToCome } from '@kraty/contracts/configuration';
import { documentSchema } from './document-schema.js';

type Properties = Record<string, { anyOf?: [{ items?: { properties: Properties; required?: string[] } }] } & object>;

const schema = documentSchema();
const properties = schema['properties'] as Properties;
const fieldsOf = (section: string) => properties[section]!.anyOf![0].items!;

describe('the JSON Schema of a document', () => {
  it('knows every section, and refuses others', () => {
    expect(schema).toMatchObject({ additionalProperties: false, required: ['apiVersion', 'kind', 'game'] });
    for (const section of [...Object.keys(sectionOwners), ...sectionsToCome])
      expect(properties).toHaveProperty(section);
  });

  it('says what the rules of the contract say', () => {
    const { properties: item, required } = fieldsOf('items');
    expect(required).toEqual(['key', 'name']);
    expect(item['key']).toMatchObject({ type: 'string', pattern: expect.stringContaining('A-Za-z0-9') });
    expect(item['tags']).toEqual({
      anyOf: [
        { type: 'array', maxItems: 20, items: { type: 'string', minLength: 1, maxLength: 64 } },
        { type: 'null' },
      ],
    });
    expect(fieldsOf('currencies').properties['kind']).toEqual({ enum: ['currency', 'progression'] });
  });

  it('follows nested objects', () => {
    const { properties: bundle } = fieldsOf('rewardBundles');
    expect(JSON.stringify(bundle['entries'])).toContain('currencyKey');
    expect(JSON.stringify(fieldsOf('events'))).toContain('durationSeconds');
  });

  it('is plain JSON', () => expect(JSON.parse(JSON.stringify(schema))).toMatchObject({ title: expect.any(String) }));
});
